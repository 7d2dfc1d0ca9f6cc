//! What a directory holds, told by names and first bytes, without opening anything as a database.

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use certdeck_shared::api::database::DatabaseFormat;
use thiserror::Error;

use super::location::{self, Location};

/// Files that belong to an NSS database, of either format.
pub const DATABASE_FILES: [&str; 6] = ["cert9.db", "key4.db", "pkcs11.txt", "cert8.db", "key3.db", "secmod.db"];

const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";
/// Berkeley DB 1.85 hash, in the byte order of whoever wrote it.
const DBM_MAGIC: [[u8; 4]; 2] = [[0x00, 0x06, 0x15, 0x61], [0x61, 0x15, 0x06, 0x00]];

/// What was found in a directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// cert9.db and key4.db are there and are SQLite files.
    pub sql: bool,
    /// cert8.db and key3.db are there and are Berkeley DB files.
    pub dbm: bool,
    /// What is there but not as it should be, and what lacks, in words.
    pub faults: Vec<String>,
    /// Names of all database files that are there, whatever is in them.
    pub present: Vec<&'static str>,
}

impl Contents {
    /// The format to use: SQLite wins where both are there, as in NSS.
    #[must_use]
    pub fn format(&self) -> Option<DatabaseFormat> {
        match (self.sql, self.dbm) {
            (true, _) => Some(DatabaseFormat::Sql),
            (false, true) => Some(DatabaseFormat::Dbm),
            (false, false) => None,
        }
    }
}

/// Why a directory cannot be looked at.
#[derive(Debug, Error)]
pub enum RecogniseError {
    /// There is none.
    #[error("there is no directory {0}")]
    NoDirectory(String),
    /// It is a file or something else.
    #[error("{0} is not a directory")]
    NotADirectory(String),
    /// It is there and cannot be read.
    #[error("{path} cannot be read by the console")]
    Unreadable {
        /// The directory or file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Looks at the files of one database.
///
/// # Errors
/// When the directory is missing, is none, or cannot be searched.
pub fn contents(location: impl Into<Location>) -> Result<Contents, RecogniseError> {
    let location = location.into();
    check_directory(location.directory())?;
    let mut contents = Contents::default();
    for name in DATABASE_FILES {
        let path = location.file(name);
        match std::fs::symlink_metadata(&path) {
            Ok(_) => contents.present.push(name),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(RecogniseError::Unreadable { path: path.display().to_string(), source }),
        }
    }
    contents.sql =
        pair(&location, ["cert9.db", "key4.db"], &mut contents.faults, |start| start.is_empty() || start.starts_with(SQLITE_MAGIC));
    contents.dbm =
        pair(&location, ["cert8.db", "key3.db"], &mut contents.faults, |start| DBM_MAGIC.iter().any(|magic| start.starts_with(magic)));
    Ok(contents)
}

/// The databases of a directory by their prefixes, the one without a prefix first. Faulty ones are left out.
///
/// # Errors
/// As of [`contents`].
pub fn databases(directory: &Path) -> Result<Vec<(Location, DatabaseFormat)>, RecogniseError> {
    check_directory(directory)?;
    let unreadable = |source| RecogniseError::Unreadable { path: directory.display().to_string(), source };
    let mut prefixes = BTreeSet::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let prefix = name.to_str().and_then(location::prefix_of).filter(|prefix| location::is_usable(prefix));
        prefixes.extend(prefix.map(str::to_owned));
    }
    let located = prefixes.into_iter().map(|prefix| Location::new(directory, prefix));
    Ok(located.filter_map(|location| Some((location.clone(), contents(&location).ok()?.format()?))).collect())
}

fn check_directory(directory: &Path) -> Result<(), RecogniseError> {
    let shown = directory.display().to_string();
    match std::fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(RecogniseError::NotADirectory(shown)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(RecogniseError::NoDirectory(shown)),
        Err(source) => Err(RecogniseError::Unreadable { path: shown, source }),
    }
}

/// True when at least the certificate file of the pair is there and neither is something else.
fn pair(location: &Location, names: [&str; 2], faults: &mut Vec<String>, good: impl Fn(&[u8]) -> bool) -> bool {
    let mut found = 0;
    let mut broken = false;
    for name in names {
        match first_bytes(&location.file(name)) {
            Ok(Some(start)) if good(&start) => found += 1,
            Ok(Some(_)) => {
                broken = true;
                faults.push(format!("{name} is not a database of this format"));
            }
            Ok(None) => {}
            Err(error) => {
                broken = true;
                faults.push(format!("{name} cannot be read: {error}"));
            }
        }
    }
    if found == 1 && !broken {
        let [certificates, keys] = names;
        faults.push(format!("only one of {certificates} and {keys} is there"));
    }
    found == 2
}

fn first_bytes(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut start = Vec::with_capacity(16);
    File::open(path)?.take(16).read_to_end(&mut start)?;
    Ok(Some(start))
}

/// Owner, group and mode of what is at a path, and what about them is too wide.
#[must_use]
pub fn mode_warnings(location: &Location) -> Vec<String> {
    let too_wide =
        |path: &Path, bits: u32| std::fs::metadata(path).ok().filter(|found| found.mode() & bits != 0).map(|found| octal(&found));
    let mut warnings = Vec::new();
    if let Some(mode) = too_wide(location.directory(), 0o002) {
        warnings.push(format!("The directory is writable by everybody (mode {mode}). Cure: chmod 0700."));
    }
    for name in ["key4.db", "key3.db"] {
        if let Some(mode) = too_wide(&location.file(name), 0o007) {
            warnings.push(format!("{name}, which holds the private keys, is open to everybody (mode {mode}). Cure: chmod 0600."));
        }
    }
    for name in ["cert9.db", "cert8.db", "pkcs11.txt"] {
        if let Some(mode) = too_wide(&location.file(name), 0o002) {
            warnings.push(format!("{name} is writable by everybody (mode {mode}). Cure: chmod 0600."));
        }
    }
    warnings
}

/// Permission bits as four octal digits.
#[must_use]
pub fn octal(metadata: &Metadata) -> String {
    format!("{:04o}", metadata.mode() & 0o7777)
}
