ALTER TABLE requests ADD COLUMN ca_name TEXT;
ALTER TABLE requests ADD COLUMN phone TEXT;
ALTER TABLE requests ADD COLUMN key_place TEXT NOT NULL DEFAULT 'database';
CREATE TABLE request_answers (
    request TEXT NOT NULL REFERENCES requests ON DELETE CASCADE,
    certificate_fingerprint_sha256 TEXT NOT NULL,
    nickname TEXT NOT NULL,
    pem TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered_at INTEGER NOT NULL,
    PRIMARY KEY (request, certificate_fingerprint_sha256)
) STRICT;
