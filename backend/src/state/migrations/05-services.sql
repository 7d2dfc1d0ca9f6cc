CREATE TABLE services (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    config TEXT NOT NULL,
    registered_at INTEGER NOT NULL,
    UNIQUE (kind, config)
) STRICT;
