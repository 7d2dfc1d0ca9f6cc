//! A copy of the state while others write to it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, backup};
use time::OffsetDateTime;

use super::{StateError, Store, from_column, migrations};
use crate::host::{Clock, files};

/// Copies the state beside a running console, as it is at one instant, into a new file (0600), which is durable when this returns and needs no
/// log beside it.
///
/// # Errors
/// When the state cannot be read or a newer Certdeck wrote it, and when the copy cannot be written; what is there of it is of no use then.
pub fn copy_state(path: &Path, target: &Path) -> Result<(), StateError> {
    let connection = open(path)?;
    migrations::refuse_newer(&connection, path)?;
    write(&connection, target)
}

/// Whether the state has the schema of this Certdeck, and so would not be upgraded by being opened.
///
/// # Errors
/// When it cannot be read, or a newer Certdeck wrote it.
pub fn is_current(path: &Path) -> Result<bool, StateError> {
    Ok(migrations::refuse_newer(&open(path)?, path)? == migrations::known())
}

/// What can be said of a state without opening it for writing.
#[derive(Debug, Clone)]
pub struct Soundness {
    /// What SQLite finds wrong with the file; nothing when that is whole.
    pub fault: Option<String>,
    /// Its schema.
    pub schema: i64,
    /// The schema of this program.
    pub known: i64,
    /// When the last entry of the audit log was written.
    pub last_entry: Option<OffsetDateTime>,
}

/// Looks at a state, beside a running console or without one.
///
/// # Errors
/// When it cannot be read, or a newer Certdeck wrote it.
pub fn soundness(path: &Path) -> Result<Soundness, StateError> {
    let state = look_at(path)?;
    let schema = migrations::refuse_newer(&state, path)?;
    let said: String = state.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let last: Option<i64> = state.query_row("SELECT at FROM audit ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).optional()?;
    Ok(Soundness { fault: (said != "ok").then_some(said), schema, known: migrations::known(), last_entry: last.map(from_column) })
}

impl Store {
    /// A copy in memory of the state as it is at one instant. What is written to it goes with it.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn copied_to_memory(path: &Path, clock: Clock) -> Result<Self, StateError> {
        let mut copy = Connection::open_in_memory()?;
        let state = look_at(path)?;
        at_one_instant(&state, &mut copy)?;
        copy.execute_batch("PRAGMA foreign_keys = ON")?;
        migrations::apply(&mut copy, Path::new(":memory:"))?;
        Ok(Self::of_memory(copy, clock))
    }
}

/// A connection that may not write.
pub(super) fn look_at(path: &Path) -> Result<Connection, StateError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

/// Not read-only: the log of a console that was killed is taken in, for which SQLite writes beside it.
fn open(path: &Path) -> Result<Connection, StateError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

/// Writes what the connection sees at one instant to a new file (0600). Others read and write meanwhile.
pub(super) fn write(connection: &Connection, target: &Path) -> Result<(), StateError> {
    // Made by us first: SQLite would make it with the umask's mode.
    files::create_new(target, b"", 0o600, None)?;
    let mut copy = Connection::open(target)?;
    // Nobody looks at an unfinished copy, and the finished one is synchronised as a whole.
    copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    at_one_instant(connection, &mut copy)?;
    // The copied header says WAL.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    copy.close().map_err(|(_, error)| error)?;
    files::sync_file(target)?;
    Ok(())
}

/// In one step, and so of one instant: between two of them a writer could come, and the copy would begin again and again.
fn at_one_instant(state: &Connection, copy: &mut Connection) -> Result<(), StateError> {
    let running = backup::Backup::new(state, copy)?;
    while running.step(-1)? != backup::StepResult::Done {
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
