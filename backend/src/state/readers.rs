//! Reading beside whoever writes. In WAL mode a reader waits for no writer, and sees all that was committed before it began (SQLite,
//! "Write-Ahead Logging", section 2.2). These connections may not write.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::copied::look_at;
use super::{StateError, within_transaction};

/// Connections that are kept for the next reader; more are opened while so many read at once.
const KEPT: usize = 4;

/// Connections that read one state file.
pub(super) struct Readers {
    path: PathBuf,
    /// For what is so short that handing it to another thread would take longer.
    glancing: Mutex<Connection>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// For a file that is there, in WAL mode, with its schema.
    pub(super) fn open(path: &Path) -> Result<Self, StateError> {
        Ok(Self { path: path.to_owned(), glancing: Mutex::new(connection(path)?), idle: Mutex::default() })
    }

    /// Work of any length; what it sees is of one moment. Blocks.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StateError>) -> Result<T, StateError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => connection(&self.path)?,
        };
        // Deferred: locks what it reads, and not before.
        let answer = within_transaction(&mut connection, TransactionBehavior::Deferred, work);
        let mut idle = idle();
        if idle.len() < KEPT {
            idle.push(connection);
        }
        answer
    }

    /// One row by its key, which is a transaction of its own. Takes microseconds, of pages that are in memory.
    pub(super) fn glance<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StateError>) -> Result<T, StateError> {
        work(&self.glancing.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn connection(path: &Path) -> Result<Connection, StateError> {
    let connection = look_at(path)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF;")?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::super::{AuditDraft, AuditFilter, Store};
    use crate::host::Clock;

    fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("state.sqlite"), Clock::system()).unwrap();
        (directory, store)
    }

    #[tokio::test]
    async fn a_reader_waits_for_no_writer_and_sees_what_is_committed() {
        let (directory, store) = store();
        let writer = rusqlite::Connection::open(directory.path().join("state.sqlite")).unwrap();
        writer.execute_batch("BEGIN IMMEDIATE; UPDATE audit SET actor = 'eve'").unwrap();
        assert_eq!(store.audit().page(AuditFilter::default(), 10).await.unwrap().entries.len(), 0);
        writer.execute_batch("COMMIT").unwrap();
        store.audit().record(AuditDraft::success("ada", "user.create")).await.unwrap();
        assert_eq!(store.audit().page(AuditFilter::default(), 10).await.unwrap().entries[0].actor, "ada");
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let (_directory, store) = store();
        assert!(store.read(|state| Ok(state.execute("DELETE FROM users", [])?)).await.is_err());
        assert!(store.glance(|state| Ok(state.execute("DELETE FROM users", [])?)).await.is_err());
    }

    #[tokio::test]
    async fn the_version_changes_with_what_anybody_commits_and_with_nothing_else() {
        let (directory, store) = store();
        let first = store.version().await.unwrap();
        store.audit().head().await.unwrap();
        assert_eq!(store.version().await.unwrap(), first, "reading changes nothing");
        store.audit().record(AuditDraft::success("ada", "user.create")).await.unwrap();
        let second = store.version().await.unwrap();
        assert_ne!(second, first);
        let other = rusqlite::Connection::open(directory.path().join("state.sqlite")).unwrap();
        other.execute("UPDATE audit SET actor = 'eve'", []).unwrap();
        assert_ne!(store.version().await.unwrap(), second, "another program wrote");
    }
}
