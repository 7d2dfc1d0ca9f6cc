//! The schema and how it grew. A migration that was released is never changed; add another.

use std::path::Path;

use rusqlite::Connection;

use super::{StateError, audit, kept};

/// The entries that are there get their digests by [`audit::adopt`]: SQLite knows no SHA-256.
const AUDIT_CHAIN: &str = "
    ALTER TABLE audit ADD COLUMN credential TEXT;
    ALTER TABLE audit ADD COLUMN peer TEXT;
    ALTER TABLE audit ADD COLUMN request_id TEXT;
    ALTER TABLE audit ADD COLUMN previous TEXT NOT NULL DEFAULT '';
    ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
    CREATE TABLE audit_head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        entry INTEGER NOT NULL,
        hash TEXT NOT NULL
    ) STRICT;
";

const MIGRATIONS: &[&str] = &[
    "
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
",
    "
    ALTER TABLE requests ADD COLUMN ca_name TEXT;
    ALTER TABLE requests ADD COLUMN phone TEXT;
    ALTER TABLE requests ADD COLUMN key_place TEXT NOT NULL DEFAULT 'database';
    CREATE TABLE request_answers (
        request TEXT NOT NULL REFERENCES requests ON DELETE CASCADE,
        certificate_fingerprint_sha256 TEXT NOT NULL,
        nickname TEXT NOT NULL,
        pem TEXT NOT NULL,
        answered_by TEXT NOT NULL,
        answered_at INTEGER NOT NULL,
        PRIMARY KEY (request, certificate_fingerprint_sha256)
    ) STRICT;
",
    "
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
",
    "
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
",
    "
    CREATE TABLE services (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        label TEXT NOT NULL,
        config TEXT NOT NULL,
        registered_at INTEGER NOT NULL,
        UNIQUE (kind, config)
    ) STRICT;
",
    "
    ALTER TABLE audit ADD COLUMN command_lines TEXT;
",
    "
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
",
    "
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
",
    "
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
",
    AUDIT_CHAIN,
    // `write` never reached a service, so it becomes an operator and no deployer: a migration gives nobody more than they had.
    r#"
    ALTER TABLE users ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';
    UPDATE users SET grants = CASE scope
        WHEN 'admin' THEN '[{"role":"administrator"}]' WHEN 'write' THEN '[{"role":"operator"}]' ELSE '[{"role":"viewer"}]' END;
    ALTER TABLE users DROP COLUMN scope;
    ALTER TABLE api_tokens ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';
    UPDATE api_tokens SET grants = CASE scope
        WHEN 'admin' THEN '[{"role":"administrator"}]' WHEN 'write' THEN '[{"role":"operator"}]' ELSE '[{"role":"viewer"}]' END;
    ALTER TABLE api_tokens DROP COLUMN scope;
"#,
    "
    ALTER TABLE sessions ADD COLUMN began_from TEXT;
    ALTER TABLE sessions ADD COLUMN last_seen_from TEXT;
    ALTER TABLE sessions ADD COLUMN user_agent TEXT;
    ALTER TABLE api_tokens ADD COLUMN last_used_from TEXT;
    ALTER TABLE api_tokens ADD COLUMN rotated_at INTEGER;
    ALTER TABLE api_tokens ADD COLUMN previous_sha256 BLOB;
    ALTER TABLE api_tokens ADD COLUMN previous_good_until INTEGER;
    ALTER TABLE api_tokens ADD COLUMN previous_last_used_at INTEGER;
    ALTER TABLE api_tokens ADD COLUMN previous_last_used_from TEXT;
    CREATE UNIQUE INDEX api_tokens_by_previous ON api_tokens (previous_sha256);
",
    // Tokens could do everything unasked when these were made, and scripts rely on it: they stay so. Sessions prove anew who they are.
    "
    ALTER TABLE sessions ADD COLUMN confirmed_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE api_tokens ADD COLUMN unattended INTEGER NOT NULL DEFAULT 1;
",
    "
    CREATE TABLE audit_copied (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        entry INTEGER NOT NULL
    ) STRICT;
",
    "
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
",
    "
    CREATE TABLE approvals (
        id TEXT PRIMARY KEY,
        caller TEXT NOT NULL,
        account TEXT NOT NULL COLLATE NOCASE,
        digest BLOB NOT NULL,
        needs TEXT NOT NULL,
        approver TEXT COLLATE NOCASE,
        state TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        ends_at INTEGER,
        approval TEXT NOT NULL
    ) STRICT;
    CREATE INDEX approvals_by_call ON approvals (caller, digest);
    CREATE INDEX approvals_by_state ON approvals (state, ends_at);
    CREATE INDEX approvals_by_time ON approvals (created_at);
",
    "
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
",
];

/// The schema of this program.
pub(super) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Refuses a state that a newer Certdeck wrote, and tells the version of any other.
pub(super) fn refuse_newer(connection: &Connection, path: &Path) -> Result<i64, StateError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = known();
    if found > known { Err(StateError::Newer { path: path.to_owned(), found, known }) } else { Ok(found) }
}

/// Brings the schema up to date, each step in a transaction of its own. What was there before is kept beside it.
pub(super) fn apply(connection: &mut Connection, path: &Path) -> Result<(), StateError> {
    let found = refuse_newer(connection, path)?;
    // Nothing is lost with a state that was never begun, nor with one in memory.
    if (1..known()).contains(&found) && connection.path().is_some_and(|path| !path.is_empty()) {
        kept::keep(connection, path, found)?;
    }
    // A table is changed by making it anew; with the keys on, dropping the old one would drop what refers to it (SQLite, ALTER TABLE, 7).
    connection.pragma_update(None, "foreign_keys", false)?;
    for (version, migration) in (1_i64..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        if *migration == AUDIT_CHAIN {
            audit::adopt(&transaction)?;
        }
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use certdeck_shared::api::role::{Grants, Role};

    use super::*;

    #[test]
    fn entries_of_an_older_console_are_chained_in_their_order() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("state.sqlite");
        let mut connection = Connection::open(&path).unwrap();
        let before = MIGRATIONS.iter().position(|migration| *migration == AUDIT_CHAIN).unwrap();
        for migration in MIGRATIONS.iter().take(before) {
            connection.execute_batch(migration).unwrap();
        }
        connection.pragma_update(None, "user_version", i64::try_from(before).unwrap()).unwrap();
        connection
            .execute_batch(
                "INSERT INTO audit (id, at, actor, action, outcome) VALUES (1, 1, 'ada', 'user.create', 'success'), (7, 2, 'ada', 'user.change', 'success');
                 INSERT INTO audit (at, actor, action, outcome, before) VALUES (3, 'ada', 'user.remove', 'success', '{\"b\": 1, \"a\":2.50}');",
            )
            .unwrap();
        assert!(matches!(audit::verify_state(&path, None), Err(StateError::NotChained(_))));
        apply(&mut connection, &path).unwrap();
        let found = audit::verify_state(&path, None).unwrap();
        assert_eq!((found.intact, found.entries, found.head.entry), (true, 3, 8), "{found:?}");
        let kept = Connection::open(room.path().join(format!("state-schema-{before}.sqlite"))).unwrap();
        let count = |sql: &str| kept.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT count(*) FROM audit"), 3);
        assert_eq!(count("SELECT count(*) FROM sqlite_schema WHERE name = 'audit_head'"), 0, "as it was before");
        connection.execute_batch("DELETE FROM audit WHERE id = 7").unwrap();
        assert!(!audit::verify_state(&path, None).unwrap().intact);
    }

    #[test]
    fn old_scopes_become_roles_that_allow_no_more() {
        let mut connection = Connection::open_in_memory().unwrap();
        let before = MIGRATIONS.iter().position(|migration| migration.contains("DROP COLUMN scope")).unwrap();
        for migration in MIGRATIONS.iter().take(before) {
            connection.execute_batch(migration).unwrap();
        }
        connection.pragma_update(None, "user_version", i64::try_from(before).unwrap()).unwrap();
        for (name, scope) in [("ada", "admin"), ("bob", "read"), ("eve", "write")] {
            connection.execute("INSERT INTO users VALUES (?1, 'hash', ?2, 1, NULL)", [name, scope]).unwrap();
            let sql = "INSERT INTO api_tokens VALUES (?1, CAST(?1 AS BLOB), ?1, ?2, 'ada', 1, NULL, NULL)";
            connection.execute(sql, [name, scope]).unwrap();
        }
        apply(&mut connection, Path::new(":memory:")).unwrap();
        for sql in ["SELECT grants FROM users ORDER BY user_name", "SELECT grants FROM api_tokens ORDER BY label"] {
            let mut statement = connection.prepare(sql).unwrap();
            let grants: Vec<Grants> = statement
                .query_map([], |row| row.get::<_, String>(0))
                .unwrap()
                .map(|text| serde_json::from_str(&text.unwrap()).unwrap())
                .collect();
            assert_eq!(grants, [Role::Administrator, Role::Viewer, Role::Operator].map(Grants::everywhere), "{sql}");
        }
    }

    #[test]
    fn tokens_of_an_older_console_go_on_unasked_and_its_sessions_are_asked() {
        let mut connection = Connection::open_in_memory().unwrap();
        let before = MIGRATIONS.iter().position(|migration| migration.contains("unattended")).unwrap();
        for migration in MIGRATIONS.iter().take(before) {
            connection.execute_batch(migration).unwrap();
        }
        connection.pragma_update(None, "user_version", i64::try_from(before).unwrap()).unwrap();
        connection
            .execute_batch(
                "INSERT INTO users (user_name, password_hash, created_at) VALUES ('ada', 'hash', 1);
                 INSERT INTO api_tokens (id, secret_sha256, label, created_by, created_at) VALUES ('t', x'00', 'night', 'ada', 1);
                 INSERT INTO sessions (token_sha256, user_name, created_at, last_seen_at) VALUES (x'00', 'ada', 9, 9);",
            )
            .unwrap();
        apply(&mut connection, Path::new(":memory:")).unwrap();
        let sql = "SELECT unattended, confirmed_at FROM api_tokens, sessions";
        let kept: (bool, i64) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(kept, (true, 0));
    }

    #[test]
    fn what_refers_to_a_database_stays_when_its_table_is_made_anew() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        let before = MIGRATIONS.iter().position(|migration| migration.contains("databases_with_prefix")).unwrap();
        for migration in MIGRATIONS.iter().take(before) {
            connection.execute_batch(migration).unwrap();
        }
        connection.pragma_update(None, "user_version", i64::try_from(before).unwrap()).unwrap();
        connection
            .execute_batch(
                "INSERT INTO databases VALUES ('d', 'Mail', '/mail', 'sql', 0, 1);
                 INSERT INTO requests (id, database, nickname, subject, key_id, pem, created_by, created_at)
                     VALUES ('r', 'd', 'n', 's', 'k', 'p', 'ada', 1);",
            )
            .unwrap();
        apply(&mut connection, Path::new(":memory:")).unwrap();
        let kept: (String, String) = connection
            .query_row("SELECT prefix, path FROM databases JOIN requests ON database = databases.id", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(kept, (String::new(), "/mail".to_owned()));
        connection.execute("DELETE FROM databases", []).unwrap();
        let left: i64 = connection.query_row("SELECT count(*) FROM requests", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "the requests of a database go with it, as before");
    }
}
