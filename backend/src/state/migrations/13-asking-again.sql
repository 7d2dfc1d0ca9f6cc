-- Tokens could do everything unasked when these were made, and scripts rely on it: they stay so. Sessions prove anew who they are.
ALTER TABLE sessions ADD COLUMN confirmed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_tokens ADD COLUMN unattended INTEGER NOT NULL DEFAULT 1;
