CREATE TABLE issued (
    database TEXT NOT NULL REFERENCES databases ON DELETE CASCADE,
    fingerprint_sha256 TEXT NOT NULL,
    authority TEXT NOT NULL,
    serial_number TEXT NOT NULL,
    der BLOB NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (database, fingerprint_sha256)
) STRICT;
CREATE TABLE revocations (
    database TEXT NOT NULL REFERENCES databases ON DELETE CASCADE,
    authority TEXT NOT NULL,
    serial_number TEXT NOT NULL,
    revoked_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    invalidity_date INTEGER,
    PRIMARY KEY (database, authority, serial_number)
) STRICT;
CREATE TABLE revocation_lists (
    database TEXT NOT NULL REFERENCES databases ON DELETE CASCADE,
    authority TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (database, authority)
) STRICT;
CREATE TABLE renewals (
    request TEXT PRIMARY KEY REFERENCES requests ON DELETE CASCADE,
    fingerprint_sha256 TEXT NOT NULL
) STRICT;
