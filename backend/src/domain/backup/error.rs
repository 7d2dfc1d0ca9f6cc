//! Why a backup cannot be made or restored.

use std::path::PathBuf;

use crate::host::files::FileError;
use crate::nss::snapshots::SnapshotError;
use crate::state::StateError;

/// Why a backup cannot be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The state.
    #[error(transparent)]
    State(#[from] StateError),
    /// A database.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The archive cannot be written.
    #[error("the backup could not be written")]
    Write(#[source] std::io::Error),
    /// The archive cannot be read to its end.
    #[error("the backup cannot be read")]
    Read(#[source] std::io::Error),
    /// Checkpoints and state would not belong together.
    #[error("a deployment is under way ({0}); back up when it has ended, or start the console so that it is brought to an end")]
    DeploymentUnderWay(String),
    /// A file changed its length while it was read.
    #[error("{} changed while it was read; back up again", .0.display())]
    Changed(PathBuf),
    /// It could be meant for nobody.
    #[error("{place}: {text:?} is no recipient of age; give what `age-keygen` calls the public key, age1…")]
    NotARecipient {
        /// What was given.
        text: String,
        /// Where.
        place: String,
    },
    /// A list with nobody on it.
    #[error("{0} names no recipient; write one a line, age1…")]
    NoRecipient(String),
    /// Nothing could be opened by it.
    #[error("{} holds no identity of age; give the file that `age-keygen` wrote, and decrypt it first if it has a passphrase", .0.display())]
    NotAnIdentity(PathBuf),
    /// It is encrypted, and was not given what opens it.
    #[error("the backup is encrypted: say {0}")]
    KeyWanted(&'static str),
    /// It is not, though something was given that would open it.
    #[error("the backup is not encrypted, so whoever had it could have changed it; if that is what you want, restore without a key")]
    NotEncrypted,
    /// Another key, another passphrase, or altered.
    #[error("the backup cannot be decrypted")]
    Undeciphered(#[source] age::DecryptError),
    /// It is something else.
    #[error("this is not a backup of Certdeck")]
    NotABackup,
    /// A newer Certdeck wrote it.
    #[error("the backup has format {found}, and this Certdeck knows formats up to {known}; restore it with a newer one")]
    Newer {
        /// Its format.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// It is not as it was written.
    #[error("the backup is not as it was written: {0}")]
    Damaged(String),
    /// It would not fit.
    #[error("{name} of the backup has {bytes} bytes, and {} has room for {room}", place.display())]
    NoRoom {
        /// Part of the archive.
        name: String,
        /// Its length.
        bytes: u64,
        /// Where it would go.
        place: PathBuf,
        /// Bytes that are free there.
        room: u64,
    },
    /// The audit log in it was altered before it was backed up.
    #[error("the audit log in the backup is not as the console wrote it: {0}")]
    AuditAltered(String),
    /// Something is where it would go.
    #[error("{} is not empty; restore into a new directory, or say --replace to put it in the place of this console, which is kept beside it", .0.display())]
    Occupied(PathBuf),
    /// What would be replaced is no data directory.
    #[error("{} is not a data directory of Certdeck, so it is not replaced", .0.display())]
    NotOurs(PathBuf),
    /// A console runs there.
    #[error("a console runs on the data directory {}; stop it first", .0.display())]
    Running(PathBuf),
}
