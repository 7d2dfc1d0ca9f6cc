CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    over_at INTEGER,
    notice TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX open_notices ON notices (subject, kind) WHERE over_at IS NULL;
CREATE INDEX notices_by_end ON notices (over_at);
CREATE TABLE channels (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    secret TEXT,
    enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    next_try_at INTEGER,
    delivery TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_by_time ON deliveries (created_at);
CREATE INDEX deliveries_to_try ON deliveries (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX deliveries_by_channel ON deliveries (channel, created_at);
CREATE TABLE seen_databases (
    database TEXT PRIMARY KEY REFERENCES databases (id) ON DELETE CASCADE,
    revision TEXT NOT NULL,
    contents TEXT NOT NULL
) STRICT;
CREATE TABLE notice_settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
