//! The state of an older Certdeck: its schema, an account and some entries of the audit log, which had no digests then.

use std::path::Path;

use rusqlite::Connection;

/// Its schema.
pub const SCHEMA: i64 = 9;

/// Makes a data directory (0700) with it.
pub fn make(data_dir: &Path) {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    std::fs::DirBuilder::new().mode(0o700).create(data_dir).unwrap();
    let path = data_dir.join("state.sqlite");
    let state = Connection::open(&path).unwrap();
    state.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    state.execute_batch(include_str!("older_state.sql")).unwrap();
    state.pragma_update(None, "user_version", SCHEMA).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// The schema of a state.
pub fn schema(path: &Path) -> i64 {
    Connection::open(path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// Entries of its audit log.
pub fn entries(path: &Path) -> i64 {
    Connection::open(path).unwrap().query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).unwrap()
}
