CREATE TABLE endpoints (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    service TEXT REFERENCES services (id) ON DELETE CASCADE,
    name TEXT,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    protocol TEXT NOT NULL,
    tls TEXT NOT NULL,
    server_name TEXT NOT NULL,
    label TEXT,
    tags TEXT NOT NULL,
    expected TEXT,
    paused INTEGER NOT NULL,
    snoozed_until INTEGER,
    state TEXT NOT NULL,
    since INTEGER,
    probed_at INTEGER,
    next_probe_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    seen_row TEXT
) STRICT;
CREATE UNIQUE INDEX endpoints_added ON endpoints (host, port, server_name) WHERE service IS NULL;
CREATE INDEX endpoints_by_service ON endpoints (service);
CREATE INDEX endpoints_by_time ON endpoints (next_probe_at);
CREATE TABLE endpoint_details (
    endpoint INTEGER PRIMARY KEY REFERENCES endpoints (number) ON DELETE CASCADE,
    detail TEXT NOT NULL
) STRICT;
CREATE TABLE endpoint_days (
    endpoint INTEGER NOT NULL REFERENCES endpoints (number) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    probes INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    worst INTEGER NOT NULL,
    milliseconds_sum INTEGER NOT NULL,
    milliseconds_most INTEGER NOT NULL,
    PRIMARY KEY (endpoint, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE endpoint_changes (
    endpoint INTEGER NOT NULL REFERENCES endpoints (number) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    words TEXT NOT NULL,
    leaf TEXT
) STRICT;
CREATE INDEX endpoint_changes_by_time ON endpoint_changes (endpoint, at);
CREATE TABLE watch_settings (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    settings TEXT NOT NULL
) STRICT;
