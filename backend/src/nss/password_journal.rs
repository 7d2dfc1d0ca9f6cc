//! The files' half of a change of the password: replacements wait beside the password files until the database has the new password, then
//! are renamed over them.
//!
//! Several files and a database cannot change in one step. So a marker in the console's data directory names the files before anything is
//! written, and goes when all is done. After a kill the database itself tells which way to go: it opens with the password that waits, and
//! the renaming is completed; or it does not, and what waits is thrown away. The marker holds no secret.

use std::path::{Path, PathBuf};

use certdeck_shared::api::password::PasswordFileFormat;
use certdeck_shared::password_file;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::host::files::{self, FileError};
use crate::host::owners;

const MARKER: &str = "password-change.json";
const MARKER_LIMIT: u64 = 256 * 1024;
const FILE_LIMIT: u64 = 64 * 1024;

/// Why a change of the files cannot go on.
#[derive(Debug, Error)]
pub enum JournalError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The marker is not what we write.
    #[error("the note about a change of the password is damaged")]
    Damaged(#[source] serde_json::Error),
}

/// What the marker says: which files are changed along with the database, or with a token of another module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingChange {
    /// The password files, without symbolic links.
    pub files: Vec<PathBuf>,
    /// The token whose password changes; absent for the database's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<PendingToken>,
}

/// A token of another module whose password is being changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingToken {
    /// Identifier in paths.
    pub id: String,
    /// Label of the token.
    pub label: String,
    /// Name of its module: lines of password files may name either.
    pub module: String,
}

impl PendingToken {
    /// Names under which password files have its line.
    #[must_use]
    pub fn names(&self) -> [&str; 2] {
        [&self.label, &self.module]
    }
}

/// A password file and what it is to hold.
pub struct Replacement {
    /// The file, without symbolic links.
    pub path: PathBuf,
    /// Its new content.
    pub content: Zeroizing<String>,
}

/// Where a change stands; tests stop at each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeStep {
    /// The marker is written.
    Marked,
    /// The first replacement waits.
    FirstPrepared,
    /// All replacements wait.
    Prepared,
    /// The database has the new password.
    DatabaseChanged,
    /// The first replacement is in its place.
    FirstRenamed,
    /// All are, and the marker still says otherwise.
    Renamed,
}

/// Writes the marker.
///
/// # Errors
/// Nothing has changed then.
pub fn mark(markers: &Path, pending: &PendingChange) -> Result<(), JournalError> {
    files::make_directories(markers, 0o700)?;
    let text = serde_json::to_vec(pending).map_err(JournalError::Damaged)?;
    Ok(files::write_atomically(&markers.join(MARKER), &text, 0o600, None)?)
}

/// The change that was not finished, if there is one.
///
/// # Errors
/// When the marker is there and does not read.
pub fn pending(markers: &Path) -> Result<Option<PendingChange>, JournalError> {
    match files::read_limited(&markers.join(MARKER), MARKER_LIMIT) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(JournalError::Damaged),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Lays a replacement beside its file, with that one's owner and mode.
///
/// # Errors
/// What the file system says.
pub fn prepare(replacement: &Replacement) -> Result<(), JournalError> {
    let found = files::attributes(&replacement.path)?;
    let owner = (found.owner != owners::own()).then_some(found.owner);
    let waiting = waiting(&replacement.path);
    let _ = std::fs::remove_file(&waiting);
    Ok(files::create_new(&waiting, replacement.content.as_bytes(), found.mode, owner)?)
}

/// Puts the replacement of a file into its place; nothing to do when that has happened already.
///
/// # Errors
/// What the file system says.
pub fn put_in_place(path: &Path) -> Result<(), JournalError> {
    match files::rename(&waiting(path), path) {
        Err(error) if error.is_absent() => Ok(()),
        other => Ok(other?),
    }
}

/// Throws away what waits. The files themselves stay as they are.
pub fn discard(pending: &PendingChange) {
    for path in &pending.files {
        let _ = std::fs::remove_file(waiting(path));
    }
}

/// Ends the change: from here on there is none.
///
/// # Errors
/// What the file system says.
pub fn unmark(markers: &Path) -> Result<(), JournalError> {
    let path = markers.join(MARKER);
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(FileError { action: "remove", path, source }.into()),
        _ => Ok(files::sync_directory(markers)?),
    }
}

/// The passwords that wait: those of lines that the file itself does not have. Empty when nothing waits.
///
/// # Errors
/// When a replacement is there and cannot be read.
pub fn waiting_passwords(pending: &PendingChange) -> Result<Vec<Zeroizing<String>>, JournalError> {
    let mut found: Vec<Zeroizing<String>> = Vec::new();
    for path in &pending.files {
        let next = match read(&waiting(path)) {
            Ok(text) => text,
            Err(error) if error.is_absent() => continue,
            Err(error) => return Err(error.into()),
        };
        if let Some(token) = &pending.token {
            let waits = password_file::token_password(&next, &token.names()).map(|password| Zeroizing::new(password.to_owned()));
            found.extend(waits.filter(|password| !found.contains(password)));
            continue;
        }
        let present = read(path).unwrap_or_default();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut changed = new_passwords(&present, &next, password_file::format_of(&name, &next));
        changed.retain(|password| !found.contains(password));
        found.append(&mut changed);
    }
    Ok(found)
}

/// The password of a token as its files still have it; nothing once they have been replaced.
#[must_use]
pub fn former_password(pending: &PendingChange) -> Option<Zeroizing<String>> {
    let token = pending.token.as_ref()?;
    let waits = pending.files.iter().filter(|path| waiting(path).exists());
    let held = waits.filter_map(|path| read(path).ok());
    held.into_iter()
        .find_map(|text| password_file::token_password(&text, &token.names()).map(|password| Zeroizing::new(password.to_owned())))
}

fn new_passwords(present: &str, next: &str, format: PasswordFileFormat) -> Vec<Zeroizing<String>> {
    let old: Vec<&str> = present.lines().collect();
    let lines = password_file::lines(next, format).filter(|line| !old.contains(&line.text));
    lines.filter_map(|line| line.password.map(|password| Zeroizing::new(password.to_owned()))).collect()
}

fn read(path: &Path) -> Result<Zeroizing<String>, FileError> {
    let content = Zeroizing::new(files::read_limited(path, FILE_LIMIT)?);
    Ok(Zeroizing::new(String::from_utf8_lossy(&content).into_owned()))
}

fn waiting(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.certdeck-password"))
}
