CREATE TABLE users (
    user_name TEXT PRIMARY KEY COLLATE NOCASE,
    password_hash TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_sign_in_at INTEGER
) STRICT;
CREATE TABLE sessions (
    token_sha256 BLOB PRIMARY KEY,
    user_name TEXT NOT NULL COLLATE NOCASE REFERENCES users ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_name);
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    secret_sha256 BLOB NOT NULL UNIQUE,
    label TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_by TEXT NOT NULL COLLATE NOCASE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
) STRICT;
CREATE TABLE databases (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL,
    embedded INTEGER NOT NULL,
    registered_at INTEGER NOT NULL
) STRICT;
CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    database TEXT NOT NULL REFERENCES databases ON DELETE CASCADE,
    nickname TEXT NOT NULL,
    subject TEXT NOT NULL,
    key_id TEXT NOT NULL,
    pem TEXT NOT NULL,
    note TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    certificate_fingerprint_sha256 TEXT
) STRICT;
CREATE INDEX requests_by_database ON requests (database, created_at);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    database TEXT,
    subject TEXT,
    outcome TEXT NOT NULL,
    before TEXT,
    after TEXT
) STRICT;
CREATE INDEX audit_by_database ON audit (database, id);
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    job TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_start ON jobs (started_at);
