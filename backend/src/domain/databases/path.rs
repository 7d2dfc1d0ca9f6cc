//! Which directories and labels are taken.

use std::path::{Component, Path, PathBuf};

use super::error::OperationError;
use crate::nss::location::Location;

/// Most octets of a path (PATH_MAX less the longest file name we add).
const LONGEST: usize = 3_900;
/// Characters that softoken's parameter string gives a meaning, with no way around that every version understands.
const REFUSED: [char; 5] = ['\'', '"', '\\', '>', ']'];

fn wrong(message: impl Into<String>) -> OperationError {
    OperationError::invalid("/path", message)
}

/// A path as it may be given: absolute, without `..`, and such that softoken can be told of it.
pub(super) fn given(path: &str) -> Result<PathBuf, OperationError> {
    if path.is_empty() {
        return Err(wrong("A directory is missing."));
    }
    if path.len() > LONGEST {
        return Err(wrong(format!("The path has {} octets; at most {LONGEST} are taken.", path.len())));
    }
    if path.chars().any(char::is_control) {
        return Err(wrong("The path has control characters."));
    }
    if let Some(character) = path.chars().find(|character| REFUSED.contains(character)) {
        return Err(wrong(format!("NSS cannot open a directory whose path has the character {character}.")));
    }
    let directory = Path::new(path);
    if !directory.is_absolute() {
        return Err(wrong("The path must be absolute: begin it with /."));
    }
    if directory.components().any(|part| part == Component::ParentDir) {
        return Err(wrong("The path must not contain `..`."));
    }
    if directory.components().count() < 2 {
        return Err(wrong("The root directory holds no database."));
    }
    Ok(directory.components().collect())
}

/// A directory that is there, with symbolic links resolved: one database has one address.
pub(super) fn existing(path: &str) -> Result<PathBuf, OperationError> {
    let directory = given(path)?;
    match std::fs::canonicalize(&directory) {
        Ok(canonical) if canonical.is_dir() => given(&text(&canonical)?),
        Ok(_) => Err(wrong(format!("{path} is not a directory."))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(wrong(format!("There is no directory {path}."))),
        Err(error) => Err(wrong(format!("{path} cannot be read by the console: {error}."))),
    }
}

/// The path as text.
pub(super) fn text(path: &Path) -> Result<String, OperationError> {
    path.to_str().map(str::to_owned).ok_or_else(|| wrong("The path is not UTF-8."))
}

/// The label given, or the last part of the path with the prefix.
pub(super) fn label(label: Option<String>, location: &Location) -> Result<String, OperationError> {
    let label = match label {
        Some(label) => label.trim().to_owned(),
        None => {
            let name = location.directory().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if location.prefix().is_empty() { name } else { format!("{name}/{}", location.prefix().trim_end_matches('-')) }
        }
    };
    let length = label.chars().count();
    if length == 0 || length > 100 {
        return Err(OperationError::invalid("/label", format!("A label has 1 to 100 characters, not {length}.")));
    }
    if label.chars().any(char::is_control) {
        return Err(OperationError::invalid("/label", "A label has no control characters."));
    }
    Ok(label)
}
