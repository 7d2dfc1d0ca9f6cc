//! A consistent copy of both database files.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::super::listing;
use super::super::location::Location;
use super::{FILES, SnapshotError};
use crate::host::files;

/// pkcs11.txt is a few hundred bytes a module.
const MODULES_FILE_LIMIT: u64 = 1024 * 1024;

/// Copies the database `source` into the directory `target`, which must be empty. Both files are locked against writers until
/// both are copied, so that no key is without its certificate and no signature without its object. Returns the bytes written.
///
/// # Errors
/// When the database cannot be read or locked, or the copy cannot be written.
pub fn copy(source: &Location, target: &Path) -> Result<u64, SnapshotError> {
    let certificates = listing::open(source, "cert9.db")?;
    let keys = listing::open(source, "key4.db")?;
    let mut bytes = 0;
    for (connection, file) in [(&certificates, "cert9.db"), (&keys, "key4.db")] {
        let path = target.join(file);
        // Made by us first: SQLite would make it with the umask's mode.
        files::create_empty(&path, 0o600)?;
        back_up(connection, &path).map_err(|source| SnapshotError::Copy { file, source })?;
        files::sync_file(&path)?;
        bytes += files::attributes(&path)?.length;
    }
    let [_, _, modules] = FILES;
    match files::read_limited(&source.file(modules), MODULES_FILE_LIMIT) {
        Ok(content) => {
            files::create_new(&target.join(modules), &content, 0o600, None)?;
            bytes += content.len() as u64;
        }
        Err(error) if error.is_absent() => {}
        Err(error) => return Err(error.into()),
    }
    Ok(bytes)
}

fn back_up(source: &Connection, target: &Path) -> rusqlite::Result<()> {
    let mut target = Connection::open(target)?;
    // Nobody looks at an unfinished copy, and the finished one is synchronised as a whole: a journal beside it would only cost.
    target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    let backup = Backup::new(source, &mut target)?;
    loop {
        match backup.step(-1)? {
            StepResult::Done => return Ok(()),
            // The source is locked by ourselves and the target is ours alone: only a moment's contention can come here.
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}
