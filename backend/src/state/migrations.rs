//! The schema and how it grew. A migration that was released is never changed; add another.

use std::path::Path;

use rusqlite::Connection;

use super::{StateError, audit, kept};

/// The entries that are there get their digests by [`audit::adopt`]: SQLite knows no SHA-256.
const AUDIT_CHAIN: &str = include_str!("migrations/10-audit-chain.sql");

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/01-accounts-databases-audit.sql"),
    include_str!("migrations/02-requests.sql"),
    include_str!("migrations/03-issuing.sql"),
    include_str!("migrations/04-prefixes.sql"),
    include_str!("migrations/05-services.sql"),
    include_str!("migrations/06-command-lines.sql"),
    include_str!("migrations/07-deployments.sql"),
    include_str!("migrations/08-endpoints.sql"),
    include_str!("migrations/09-notices.sql"),
    AUDIT_CHAIN,
    include_str!("migrations/11-grants.sql"),
    include_str!("migrations/12-sessions-and-tokens.sql"),
    include_str!("migrations/13-asking-again.sql"),
    include_str!("migrations/14-audit-copied.sql"),
    include_str!("migrations/15-second-factors.sql"),
    include_str!("migrations/16-approvals.sql"),
    include_str!("migrations/17-passkeys.sql"),
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
