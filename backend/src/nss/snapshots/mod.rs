//! Snapshots: cert9.db, key4.db and pkcs11.txt as they were at one instant, kept in the console's data directory (0700, 0600).

mod copy;
mod restore;
mod store;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::OffsetDateTime;

use super::listing::ListingError;
use crate::host::files::FileError;

pub use copy::copy;
pub use restore::{PendingRestoration, RestorationStep, finish_interrupted, replace};
pub use store::SnapshotStore;

/// Files of a snapshot. The first two belong together; the third is there when the database has one.
pub const FILES: [&str; 3] = ["cert9.db", "key4.db", "pkcs11.txt"];

/// What a snapshot says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Identifier: the time and a random part; sorts by time.
    pub id: String,
    /// When it was taken.
    #[serde(with = "time::serde::rfc3339")]
    pub taken_at: OffsetDateTime,
    /// Who made the change it was taken for.
    pub actor: String,
    /// That change, in words.
    pub reason: String,
    /// Bytes of its files.
    pub bytes: u64,
    /// Revision of the database it is a copy of.
    pub revision: String,
}

/// Why a snapshot could not be taken, read or restored.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// There is none of this name.
    #[error("there is no such snapshot")]
    NotFound,
    /// The database could not be read.
    #[error("the database could not be read")]
    Source(#[from] ListingError),
    /// SQLite could not write the copy or lock the database.
    #[error("{file} could not be copied")]
    Copy {
        /// The file.
        file: &'static str,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The manifest is not what we write.
    #[error("the description of the snapshot is damaged")]
    Damaged(#[source] serde_json::Error),
}

impl SnapshotError {
    /// Whether no space is left, here or in SQLite.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::File(error) => error.is_disk_full(),
            Self::Copy { source: rusqlite::Error::SqliteFailure(failure, _), .. } => failure.code == rusqlite::ErrorCode::DiskFull,
            Self::Copy { .. } | Self::NotFound | Self::Source(_) | Self::Damaged(_) => false,
        }
    }
}
