-- Dumped (sqlite3 .dump) from the state of a Certdeck with schema 9; the password is the tests' own.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
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
    , command_lines TEXT) STRICT;
INSERT INTO "audit" VALUES(1,1760000000000,'local-administrator','user.create',NULL,'ada','success',NULL,NULL,NULL);
INSERT INTO "audit" VALUES(2,1760000000000,'ada','session.begin',NULL,NULL,'success',NULL,NULL,NULL);
INSERT INTO "audit" VALUES(3,1760000000000,'ada','user.change',NULL,'ada','success',NULL,NULL,NULL);
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
CREATE TABLE channels (
        id TEXT PRIMARY KEY,
        channel TEXT NOT NULL,
        secret TEXT,
        enabled INTEGER NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT;
CREATE TABLE "databases" (
        id TEXT PRIMARY KEY,
        label TEXT NOT NULL,
        path TEXT NOT NULL,
        prefix TEXT NOT NULL,
        format TEXT NOT NULL,
        embedded INTEGER NOT NULL,
        registered_at INTEGER NOT NULL,
        UNIQUE (path, prefix)
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
CREATE TABLE deployments (
        id TEXT PRIMARY KEY,
        started_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        deployment TEXT NOT NULL
    ) STRICT;
CREATE TABLE endpoint_changes (
        endpoint INTEGER NOT NULL REFERENCES endpoints (number) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        state TEXT NOT NULL,
        words TEXT NOT NULL,
        leaf TEXT
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
CREATE TABLE endpoint_details (
        endpoint INTEGER PRIMARY KEY REFERENCES endpoints (number) ON DELETE CASCADE,
        detail TEXT NOT NULL
    ) STRICT;
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
CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        started_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        job TEXT NOT NULL
    ) STRICT;
CREATE TABLE notice_settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
CREATE TABLE notices (
        id TEXT PRIMARY KEY,
        subject TEXT NOT NULL,
        kind TEXT NOT NULL,
        began_at INTEGER NOT NULL,
        over_at INTEGER,
        notice TEXT NOT NULL
    ) STRICT;
CREATE TABLE plans (
        id TEXT PRIMARY KEY,
        created_at INTEGER NOT NULL,
        deployment TEXT,
        plan TEXT NOT NULL
    ) STRICT;
CREATE TABLE renewals (
        request TEXT PRIMARY KEY REFERENCES requests ON DELETE CASCADE,
        fingerprint_sha256 TEXT NOT NULL
    ) STRICT;
CREATE TABLE request_answers (
        request TEXT NOT NULL REFERENCES requests ON DELETE CASCADE,
        certificate_fingerprint_sha256 TEXT NOT NULL,
        nickname TEXT NOT NULL,
        pem TEXT NOT NULL,
        answered_by TEXT NOT NULL,
        answered_at INTEGER NOT NULL,
        PRIMARY KEY (request, certificate_fingerprint_sha256)
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
    , ca_name TEXT, phone TEXT, key_place TEXT NOT NULL DEFAULT 'database') STRICT;
CREATE TABLE revocation_lists (
        database TEXT NOT NULL REFERENCES databases ON DELETE CASCADE,
        authority TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (database, authority)
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
CREATE TABLE seen_databases (
        database TEXT PRIMARY KEY REFERENCES databases (id) ON DELETE CASCADE,
        revision TEXT NOT NULL,
        contents TEXT NOT NULL
    ) STRICT;
CREATE TABLE services (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        label TEXT NOT NULL,
        config TEXT NOT NULL,
        registered_at INTEGER NOT NULL, control TEXT NOT NULL DEFAULT '{}',
        UNIQUE (kind, config)
    ) STRICT;
CREATE TABLE sessions (
        token_sha256 BLOB PRIMARY KEY,
        user_name TEXT NOT NULL COLLATE NOCASE REFERENCES users ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL
    ) STRICT;
CREATE TABLE users (
        user_name TEXT PRIMARY KEY COLLATE NOCASE,
        password_hash TEXT NOT NULL,
        scope TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        last_sign_in_at INTEGER
    ) STRICT;
INSERT INTO "users" VALUES('ada','$argon2id$v=19$m=19456,t=2,p=1$So0H6+CN+KLRKnibVKawjg$9+m7x/N+ePUhYYPZheGEklMedqoKaqjrO8vNqqcCDkE','admin',1760000000000,NULL);
CREATE TABLE watch_settings (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        settings TEXT NOT NULL
    ) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_name);
CREATE INDEX requests_by_database ON requests (database, created_at);
CREATE INDEX audit_by_database ON audit (database, id);
CREATE INDEX jobs_by_start ON jobs (started_at);
CREATE INDEX deployments_by_time ON deployments (started_at);
CREATE UNIQUE INDEX endpoints_added ON endpoints (host, port, server_name) WHERE service IS NULL;
CREATE INDEX endpoints_by_service ON endpoints (service);
CREATE INDEX endpoints_by_time ON endpoints (next_probe_at);
CREATE INDEX endpoint_changes_by_time ON endpoint_changes (endpoint, at);
CREATE UNIQUE INDEX open_notices ON notices (subject, kind) WHERE over_at IS NULL;
CREATE INDEX notices_by_end ON notices (over_at);
CREATE INDEX deliveries_by_time ON deliveries (created_at);
CREATE INDEX deliveries_to_try ON deliveries (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX deliveries_by_channel ON deliveries (channel, created_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit',3);
COMMIT;
