//! Why the state could not be read or written, in words.

use std::path::PathBuf;

use crate::host::files;

/// Why the state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file is damaged or no SQLite file.
    #[error("{} is damaged or is not a state file of Certdeck; put it aside or restore it from a backup", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A newer Certdeck wrote it.
    #[error("{} was written by a newer Certdeck (schema {found}, this one knows {known}); run that one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// An older Certdeck wrote it.
    #[error("{} was written by an older Certdeck, whose log has no digests yet; start this one's console once", .0.display())]
    NotChained(PathBuf),
    /// The state that an upgrade would change could not be kept first.
    #[error("the console's state is not upgraded, because what it is now could not be kept as {}{}", path.display(), source.advice())]
    NotKept {
        /// Where it was to be kept.
        path: PathBuf,
        /// Why not.
        #[source]
        source: Box<StateError>,
    },
    /// A row with the same unique value is there.
    #[error("it is there already")]
    Exists,
    /// The disk is full.
    #[error("no space is left for the console's state")]
    DiskFull,
    /// The file could not be made.
    #[error(transparent)]
    File(#[from] files::FileError),
    /// Anything else SQLite says.
    #[error("the console's state could not be read or written")]
    Sqlite(#[source] rusqlite::Error),
    /// A stored value cannot be understood.
    #[error("the console's state holds a value that is not understood")]
    Value(#[from] serde_json::Error),
    /// The runtime is ending.
    #[error("the console is ending")]
    Ending,
}

impl StateError {
    /// What the administrator can do, for the end of a sentence.
    fn advice(&self) -> &'static str {
        let full = match self {
            Self::DiskFull => true,
            Self::File(error) => error.is_disk_full(),
            _ => false,
        };
        if full { "; make room there and start again" } else { "" }
    }
}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Exists,
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::Sqlite(error),
        }
    }
}
