//! The directories that files are written to: whether the daemon's user gets there, whether anything can be written, and how much.

use std::path::{Path, PathBuf};

use crate::host::as_user::Account;
use crate::host::room::Room;
use crate::host::tree::Tree;

/// A directory that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its path, without links.
    pub path: PathBuf,
    /// Why the daemon's user cannot look for a file in it; nothing when it can.
    pub closed: Option<String>,
    /// Whether it was really tried as that user.
    pub tried: bool,
    /// The room on its file system.
    pub room: Option<Room>,
    /// Whether it belongs to a database of certificates.
    pub database: bool,
}

impl Place {
    /// The place a file would be written to: the deepest directory on the way that is there. The way to the file is without links.
    #[must_use]
    pub fn of_file<'a>(places: &'a [Self], file: &Path) -> Option<&'a Self> {
        file.ancestors().skip(1).find_map(|directory| places.iter().find(|place| place.path == directory))
    }
}

/// The places of these files.
pub fn of(tree: &Tree, files: &[PathBuf], reader: Option<&Account>) -> Vec<Place> {
    let is_directory = |path: &&Path| tree.attributes(path).is_ok_and(|attributes| attributes.directory);
    let directory = |file: &PathBuf| Some(tree.follow(file.ancestors().skip(1).find(is_directory)?).ok()?.end);
    let mut paths: Vec<PathBuf> = files.iter().filter_map(directory).collect();
    paths.sort();
    paths.dedup();
    paths.iter().map(|path| place(tree, path, reader)).collect()
}

/// The regular files among these, opened as this user; what could not be tried is left out.
pub fn opened(tree: &Tree, files: &[PathBuf], reader: &Account) -> Vec<(PathBuf, Result<(), String>)> {
    let mut files: Vec<&PathBuf> = files.iter().filter(|file| tree.attributes(file).is_ok_and(|found| found.regular)).collect();
    files.sort();
    files.dedup();
    let tried = |file: &PathBuf| {
        let opened = tree.open_as(reader, &tree.follow(file).ok()?.end).ok()?;
        Some((file.clone(), opened.map_err(|error| error.to_string())))
    };
    files.into_iter().filter_map(tried).collect()
}

fn place(tree: &Tree, path: &Path, reader: Option<&Account>) -> Place {
    let tried = reader.map(|reader| tree.search_as(reader, path));
    let closed = match &tried {
        Some(Ok(Err(error))) => Some(error.to_string()),
        _ => None,
    };
    let names = tree.entries(path).unwrap_or_default();
    Place {
        path: path.to_owned(),
        closed,
        tried: matches!(tried, Some(Ok(_))),
        room: tree.room(path).ok(),
        database: names.iter().any(|name| matches!(name.as_str(), "cert9.db" | "key4.db" | "cert8.db" | "key3.db")),
    }
}
