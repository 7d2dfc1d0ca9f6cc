CREATE TABLE databases_with_prefix (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    path TEXT NOT NULL,
    prefix TEXT NOT NULL,
    format TEXT NOT NULL,
    embedded INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    UNIQUE (path, prefix)
) STRICT;
INSERT INTO databases_with_prefix SELECT id, label, path, '', format, embedded, registered_at FROM databases;
DROP TABLE databases;
ALTER TABLE databases_with_prefix RENAME TO databases;
