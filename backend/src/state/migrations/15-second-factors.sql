CREATE TABLE second_factors (
    user_name TEXT PRIMARY KEY COLLATE NOCASE REFERENCES users (user_name) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    active_since INTEGER,
    last_step INTEGER NOT NULL
) STRICT;
CREATE TABLE recovery_codes (
    user_name TEXT NOT NULL COLLATE NOCASE REFERENCES users (user_name) ON DELETE CASCADE,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (user_name, sha256)
) STRICT;
