//! Putting a snapshot back: whole files are prepared beside the database, then renamed over it.
//!
//! Two renames are not one. So a marker in the console's data directory is written before the first and removed after the last;
//! [`finish_interrupted`] does at the next start what a kill between them left undone.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

use super::super::listing::{ListingError, explain};
use super::super::location::Location;
use super::{FILES, SnapshotError};
use crate::host::files::{self, Owner};

const MARKER: &str = "restoration.json";
const MARKER_LIMIT: u64 = 64 * 1024;
/// Added to a file's name while its replacement waits.
const WAITING: &str = ".certdeck-restored";
const FILE_LIMIT: u64 = 4 * 1024 * 1024 * 1024;

/// What the marker says: which files were about to be replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRestoration {
    /// Directory of the database.
    pub database: PathBuf,
    /// The snapshot that is put back.
    pub snapshot: String,
    /// What the names of its files begin with.
    #[serde(default)]
    pub prefix: String,
    /// The files, by the names that NSS knows them by.
    pub files: Vec<String>,
}

/// Where a restoration stands; tests stop at each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestorationStep {
    /// Replacements lie beside the database; nothing is decided.
    Prepared,
    /// The marker is written: from here on the restoration will be finished.
    Marked,
    /// The first of the files has been renamed.
    FirstRenamed,
    /// All are.
    Renamed,
}

/// Replaces the database with the files in `snapshot`. `continues` is asked after each step; production always says yes.
///
/// # Errors
/// Before the marker is written nothing has changed; after that, [`finish_interrupted`] completes it.
pub fn replace(
    markers: &Path,
    database: impl Into<Location>,
    snapshot: &Path,
    snapshot_id: &str,
    mut continues: impl FnMut(RestorationStep) -> bool,
) -> Result<(), SnapshotError> {
    let database = &database.into();
    let locks = Locks::take(database)?;
    let prepared = prepare(database, snapshot);
    if prepared.is_err() {
        discard(database);
    }
    let pending = PendingRestoration {
        database: database.directory().to_owned(),
        prefix: database.prefix().to_owned(),
        snapshot: snapshot_id.to_owned(),
        files: prepared?,
    };
    if !continues(RestorationStep::Prepared) {
        return Ok(());
    }
    let text = serde_json::to_vec(&pending).map_err(SnapshotError::Damaged)?;
    if let Err(error) = files::write_atomically(&markers.join(MARKER), &text, 0o600, None) {
        discard(database);
        return Err(error.into());
    }
    if !continues(RestorationStep::Marked) {
        return Ok(());
    }
    for (position, file) in pending.files.iter().enumerate() {
        rename_into_place(database, file)?;
        if position == 0 && !continues(RestorationStep::FirstRenamed) {
            return Ok(());
        }
    }
    if !continues(RestorationStep::Renamed) {
        return Ok(());
    }
    drop(locks);
    remove_marker(markers)
}

/// Completes a restoration that was cut short; says which, if there was one. Also removes replacements that were never decided on.
///
/// # Errors
/// When the marker does not read or a file cannot be renamed; the marker then stays.
pub fn finish_interrupted(markers: &Path, database: impl Into<Location>) -> Result<Option<PendingRestoration>, SnapshotError> {
    let text = match files::read_limited(&markers.join(MARKER), MARKER_LIMIT) {
        Ok(text) => text,
        Err(error) if error.is_absent() => {
            discard(&database.into());
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let pending: PendingRestoration = serde_json::from_slice(&text).map_err(SnapshotError::Damaged)?;
    let location = Location::new(&pending.database, &pending.prefix);
    for file in &pending.files {
        match rename_into_place(&location, file) {
            Err(error) if error.is_absent() => {}
            other => other?,
        }
    }
    remove_marker(markers)?;
    Ok(Some(pending))
}

/// Exclusive locks on both files, so that no softoken writes to what is about to be replaced. A program that waits for the lock finds
/// the file moved afterwards, and SQLite refuses to write to it.
struct Locks {
    _held: Vec<Connection>,
}

impl Locks {
    fn take(database: &Location) -> Result<Self, SnapshotError> {
        let mut held = Vec::new();
        for file in ["cert9.db", "key4.db"] {
            let lock = || -> rusqlite::Result<Connection> {
                let connection =
                    Connection::open_with_flags(database.file(file), OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
                connection.busy_timeout(Duration::from_secs(10))?;
                connection.execute_batch("BEGIN EXCLUSIVE")?;
                Ok(connection)
            };
            match lock() {
                Ok(connection) => held.push(connection),
                // A file that is gone or is no database is what a snapshot is there to mend.
                Err(error) => match explain(error, file) {
                    ListingError::NotADatabase { .. } | ListingError::Missing { .. } => {}
                    ListingError::Forbidden { .. } if !database.file(file).exists() => {}
                    error => return Err(error.into()),
                },
            }
        }
        Ok(Self { _held: held })
    }
}

/// Copies every file of the snapshot beside the one it will replace, with that one's owner and mode.
fn prepare(database: &Location, snapshot: &Path) -> Result<Vec<String>, SnapshotError> {
    discard(database);
    let directory = files::attributes(database.directory())?;
    let mut prepared = Vec::new();
    for name in FILES {
        let content = match files::read_limited(&snapshot.join(name), FILE_LIMIT) {
            Ok(content) => content,
            Err(error) if error.is_absent() && name == "pkcs11.txt" => continue,
            Err(error) => return Err(error.into()),
        };
        let (owner, mode) = match files::attributes(&database.file(name)) {
            Ok(found) => (found.owner, found.mode),
            Err(error) if error.is_absent() => (directory.owner, 0o600),
            Err(error) => return Err(error.into()),
        };
        files::create_new(&waiting(database, name), &content, mode, needed(owner))?;
        prepared.push(name.to_owned());
    }
    Ok(prepared)
}

/// Nothing to give away when the file would be ours anyway: only root may chown.
fn needed(owner: Owner) -> Option<Owner> {
    (owner != crate::host::owners::own()).then_some(owner)
}

fn rename_into_place(database: &Location, name: &str) -> Result<(), files::FileError> {
    let path = database.file(name);
    files::rename(&waiting(database, name), &path)?;
    // A journal belongs to the file that was replaced; rolled back into the new one it would destroy it.
    for journal in ["-journal", "-wal", "-shm"] {
        let _ = std::fs::remove_file(with_ending(&path, journal));
    }
    Ok(())
}

fn waiting(database: &Location, name: &str) -> PathBuf {
    with_ending(&database.file(name), WAITING)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn discard(database: &Location) {
    for name in FILES {
        let _ = std::fs::remove_file(waiting(database, name));
    }
}

fn remove_marker(markers: &Path) -> Result<(), SnapshotError> {
    let path = markers.join(MARKER);
    std::fs::remove_file(&path).map_err(|source| files::FileError { action: "remove", path, source })?;
    files::sync_directory(markers)?;
    Ok(())
}
