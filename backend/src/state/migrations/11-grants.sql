-- `write` never reached a service, so it becomes an operator and no deployer: a migration gives nobody more than they had.
ALTER TABLE users ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';
UPDATE users SET grants = CASE scope
    WHEN 'admin' THEN '[{"role":"administrator"}]' WHEN 'write' THEN '[{"role":"operator"}]' ELSE '[{"role":"viewer"}]' END;
ALTER TABLE users DROP COLUMN scope;
ALTER TABLE api_tokens ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';
UPDATE api_tokens SET grants = CASE scope
    WHEN 'admin' THEN '[{"role":"administrator"}]' WHEN 'write' THEN '[{"role":"operator"}]' ELSE '[{"role":"viewer"}]' END;
ALTER TABLE api_tokens DROP COLUMN scope;
