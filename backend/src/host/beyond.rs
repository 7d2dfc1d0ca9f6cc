//! What lies beyond the rights of this process, and somebody who has them: a process that runs as an ordinary user asks there for what the system
//! refused to it. Nobody is there unless one was named at the start, and then every refusal stays as it is.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::entry::Entry;
use super::files::{Attributes, Owner};
use super::room::Room;

/// What is at a path, as somebody else saw it.
#[derive(Clone)]
pub enum Seen {
    /// Nothing.
    Absent,
    /// A file.
    File(Box<SeenFile>),
    /// A directory.
    Directory {
        /// Whose it is.
        attributes: Attributes,
        /// When it became what it is.
        changed_at: OffsetDateTime,
    },
    /// A symbolic link, where none was to be followed.
    Link {
        /// What it points to.
        target: PathBuf,
        /// Whose it is.
        owner: Owner,
    },
}

/// A file that somebody else saw.
#[derive(Clone)]
pub struct SeenFile {
    /// Whose it is.
    pub attributes: Attributes,
    /// When it became what it is.
    pub changed_at: OffsetDateTime,
    /// SHA-256 of its content, lower-case hex.
    pub sha256: String,
    /// Its content; without private keys, when some of it is withheld.
    pub content: Zeroizing<Vec<u8>>,
    /// What is withheld; nothing when `content` is all of it.
    pub withheld: Option<Withheld>,
}

/// A content that is not given away whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withheld {
    /// Public key of its first private key, SubjectPublicKeyInfo in DER.
    pub public_key: Option<Vec<u8>>,
    /// Whether the private key is encrypted.
    pub encrypted: bool,
    /// Whether it is a key store.
    pub key_store: bool,
}

/// Somebody with the rights that this process lacks. What is asked is judged there; each answer may be a refusal.
pub trait Beyond: Send + Sync {
    /// What is at a path, or, when links are followed, where it leads.
    ///
    /// # Errors
    /// When it is refused or cannot be read.
    fn look(&self, path: &Path, follow: bool) -> io::Result<Seen>;

    /// Names in a directory.
    ///
    /// # Errors
    /// Likewise.
    fn names(&self, directory: &Path) -> io::Result<Vec<String>>;

    /// Whether a user can open a file, or search a directory.
    ///
    /// # Errors
    /// When it is refused to try.
    fn try_as(&self, user: &str, path: &Path, search: bool) -> io::Result<io::Result<()>>;

    /// The room where a directory is.
    ///
    /// # Errors
    /// When it is refused.
    fn room(&self, directory: &Path) -> io::Result<Room>;

    /// A variable that a process was started with.
    fn variable(&self, process: u32, name: &str) -> Option<String>;

    /// The sockets that a process holds open, by their numbers.
    ///
    /// # Errors
    /// When it is refused.
    fn sockets(&self, process: u32) -> io::Result<Vec<u64>>;

    /// Makes a path what it shall be, when it is what it was before.
    ///
    /// # Errors
    /// When it is refused, something else is there, or it cannot be written: then what was there is there still.
    fn put(&self, path: &Path, before: &Entry, after: &Entry) -> io::Result<()>;
}

static SOMEBODY: OnceLock<Arc<dyn Beyond>> = OnceLock::new();

/// Names whom to ask, once for the life of the process.
pub fn name(somebody: Arc<dyn Beyond>) {
    let _ = SOMEBODY.set(somebody);
}

/// Whether an error says that this process lacks a right, rather than that something is not possible. A file system that a unit of systemd keeps
/// read-only for us alone is among that.
#[must_use]
pub fn is_lack_of_rights(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// What was tried, or, where this process had no right to it, what somebody answers who has.
///
/// # Errors
/// Those of the trial; when there is somebody, theirs.
pub fn or_ask<T>(tried: io::Result<T>, ask: impl FnOnce(&dyn Beyond) -> io::Result<T>) -> io::Result<T> {
    match (tried, SOMEBODY.get()) {
        (Err(error), Some(somebody)) if is_lack_of_rights(&error) => ask(somebody.as_ref()),
        (tried, _) => tried,
    }
}

/// Asks without a trial; nothing when nobody is there.
pub fn ask<T>(ask: impl FnOnce(&dyn Beyond) -> T) -> Option<T> {
    SOMEBODY.get().map(|somebody| ask(somebody.as_ref()))
}
