CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    user_name TEXT NOT NULL COLLATE NOCASE REFERENCES users (user_name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    credential_id BLOB NOT NULL UNIQUE,
    user_handle BLOB NOT NULL,
    public_key BLOB NOT NULL,
    counter INTEGER NOT NULL,
    may_be_copied INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX passkeys_by_user ON passkeys (user_name);
