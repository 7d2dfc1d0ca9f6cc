ALTER TABLE services ADD COLUMN control TEXT NOT NULL DEFAULT '{}';
CREATE TABLE bindings (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    database TEXT NOT NULL REFERENCES databases (id) ON DELETE CASCADE,
    token TEXT,
    nickname TEXT NOT NULL,
    endpoints TEXT NOT NULL,
    layout TEXT NOT NULL,
    directory TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE plans (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    deployment TEXT,
    plan TEXT NOT NULL
) STRICT;
CREATE TABLE deployments (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    deployment TEXT NOT NULL
) STRICT;
CREATE INDEX deployments_by_time ON deployments (started_at);
