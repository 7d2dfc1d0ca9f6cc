//! Which files beside a database hold its password.

use std::path::{Path, PathBuf};

use certdeck_shared::api::password::PasswordFileFormat;
use certdeck_shared::password_file;
use zeroize::Zeroizing;

use super::super::error::OperationError;
use crate::host::files::{self, Attributes};
use crate::nss::password_journal::{PendingToken, Replacement};
use crate::nss::recognise::DATABASE_FILES;

/// Longest file of a usual name that is read.
const LIMIT: u64 = 64 * 1024;
/// Longest file of another name: a password and a name or two.
const SMALL: u64 = 4 * 1024;
/// Most files that a caller may name.
const MOST: usize = 50;

/// A file that is, or may be, a password file.
pub(in crate::domain::databases) struct Candidate {
    /// Without symbolic links.
    pub(in crate::domain::databases) path: PathBuf,
    /// Name as it stands in the directory.
    pub(super) name: String,
    /// Owner, mode, length.
    pub(super) attributes: Attributes,
    /// Format.
    pub(super) format: PasswordFileFormat,
    /// Absent when it is no text.
    pub(super) text: Option<Zeroizing<String>>,
    /// Whether its name is one that password files have.
    pub(in crate::domain::databases) usual: bool,
}

impl Candidate {
    /// Whether it holds this password for the database. Files of other names only count where `certutil -f` would use them, or where a line
    /// names the internal token.
    pub(super) fn holds(&self, password: &str) -> bool {
        let Some(text) = self.text.as_deref() else { return false };
        let speaks = self.usual
            || (!password.is_empty() && password_file::certutil_takes(text, password_file::NSS_INTERNAL) == Some(password))
            || self.format == PasswordFileFormat::Servers;
        speaks && password_file::holds(text, self.format, password)
    }

    /// The file with the new password of a token, where a line of one of its names has the old one.
    pub(super) fn replacement_for(&self, token: &PendingToken, old: &str, new: &str) -> Option<Replacement> {
        let text = self.text.as_deref()?;
        let name = token.names().into_iter().find(|name| password_file::token_password(text, &[name]) == Some(old))?;
        let content = password_file::with_token(text, name, Some(new));
        Some(Replacement { path: self.path.clone(), content: Zeroizing::new(content) })
    }

    /// The file with the new password.
    pub(super) fn replacement(&self, old: &str, new: &str) -> Option<Replacement> {
        let content = password_file::with_password(self.text.as_deref()?, self.format, old, new)?;
        Some(Replacement { path: self.path.clone(), content: Zeroizing::new(content) })
    }
}

/// Files in a directory that may be password files, by name.
pub(in crate::domain::databases) fn beside(directory: &Path) -> Vec<Candidate> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<String> = entries.filter_map(Result::ok).filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let mut found: Vec<Candidate> = Vec::new();
    for name in names {
        if name.starts_with('.') || DATABASE_FILES.iter().any(|file| name.contains(file)) {
            continue;
        }
        let usual = is_usual(&name);
        if let Ok(Some(candidate)) = look(&directory.join(&name), if usual { LIMIT } else { SMALL })
            && !found.iter().any(|other| other.path == candidate.path)
        {
            found.push(candidate);
        }
    }
    found
}

/// Files elsewhere that a caller names.
pub(super) fn named(paths: &[String]) -> Result<Vec<Candidate>, OperationError> {
    if paths.len() > MOST {
        return Err(OperationError::invalid("/password_files", format!("At most {MOST} files.")));
    }
    let mut found = Vec::with_capacity(paths.len());
    for (place, text) in paths.iter().enumerate() {
        let wrong = |message: String| OperationError::invalid(format!("/password_files/{place}"), message);
        let path = Path::new(text);
        if !path.is_absolute() || text.chars().any(char::is_control) {
            return Err(wrong("An absolute path on the server is needed.".to_owned()));
        }
        match look(path, LIMIT) {
            Ok(Some(candidate)) if candidate.text.is_some() => found.push(candidate),
            Ok(Some(_)) => return Err(wrong(format!("{text} is not a text file."))),
            Ok(None) => return Err(wrong(format!("{text} is not a regular file of at most {} kB.", LIMIT / 1024))),
            Err(error) => return Err(wrong(format!("{text} cannot be read by the console: {error}."))),
        }
    }
    Ok(found)
}

fn is_usual(name: &str) -> bool {
    password_file::usual_names().any(|usual| usual.eq_ignore_ascii_case(name))
}

/// A regular file of at most `limit` octets; nothing when it is something else.
fn look(path: &Path, limit: u64) -> std::io::Result<Option<Candidate>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() || metadata.len() > limit {
        return Ok(None);
    }
    let canonical = std::fs::canonicalize(path)?;
    let content = files::read_limited(&canonical, limit).map_err(|error| error.source)?;
    let attributes = files::attributes(&canonical).map_err(|error| error.source)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = String::from_utf8(content).ok().filter(|text| !text.contains('\0')).map(Zeroizing::new);
    let format = password_file::format_of(&name, text.as_deref().map_or("", String::as_str));
    Ok(Some(Candidate { path: canonical, usual: is_usual(&name), name, attributes, format, text }))
}
