//! What the helper replaced, kept where root alone gets to, so that it can be put back and no private key of somebody else has to travel.

use std::path::{Path, PathBuf};

use certdeck_shared::x509::fingerprint::sha256_hex;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::protocol::Standing;
use super::way;
use crate::host::files::{self, FileError};
use crate::host::labels::Labels;

/// How long something is kept: longer than the console keeps its checkpoints.
const KEPT: Duration = Duration::days(90);
const LONGEST: u64 = 16 << 20;

/// The directory.
#[derive(Debug, Clone)]
pub struct Shelf {
    directory: PathBuf,
}

/// What was at a path.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The path.
    pub path: PathBuf,
    /// What was there.
    pub then: Standing,
    /// What the file carried beside owner and mode.
    pub labels: Option<Labels>,
    /// User and group of a link.
    pub owner: (u32, u32),
}

/// What was at a path, with its content where it was a file.
pub type Kept = (Record, Zeroizing<Vec<u8>>);

impl Shelf {
    /// Opens or makes it.
    ///
    /// # Errors
    /// When it cannot be made, or others could write there.
    pub fn open(directory: &Path) -> Result<Self, FileError> {
        files::make_directories(directory, 0o700)?;
        let wrong = |words: String| FileError { action: "use", path: directory.to_owned(), source: std::io::Error::other(words) };
        way::of_root(directory).map_err(wrong)?;
        files::set_mode(directory, 0o700)?;
        let shelf = Self { directory: directory.to_owned() };
        shelf.prune(crate::host::now());
        Ok(shelf)
    }

    /// Keeps what is at a path, durably.
    ///
    /// # Errors
    /// What the system says; then nothing may be replaced.
    pub fn keep(&self, record: &Record, content: Option<&[u8]>) -> Result<(), FileError> {
        let name = self.name(&record.path, &record.then);
        if let Some(content) = content {
            files::write_atomically(&name.with_extension("content"), content, 0o600, None)?;
        }
        let path = name.with_extension("record");
        let json = serde_json::to_vec(record).map_err(|error| FileError { action: "write", path: path.clone(), source: error.into() })?;
        files::write_atomically(&path, &json, 0o600, None)
    }

    /// What was at a path once, with its content where it was a file; nothing when the helper did not replace it.
    ///
    /// # Errors
    /// When it cannot be read, or is not what it was.
    pub fn kept(&self, path: &Path, then: &Standing) -> Result<Option<Kept>, FileError> {
        let name = self.name(path, then);
        let file = name.with_extension("record");
        let damaged = |source| FileError { action: "understand", path: file.clone(), source };
        let json = match files::read_limited(&file, LONGEST) {
            Err(error) if error.is_absent() => return Ok(None),
            json => json?,
        };
        let record: Record = serde_json::from_slice(&json).map_err(|error| damaged(error.into()))?;
        let content = match then {
            Standing::File { sha256, .. } => {
                let content = Zeroizing::new(files::read_limited(&name.with_extension("content"), LONGEST)?);
                if sha256_hex(&content) != *sha256 {
                    return Err(damaged(std::io::Error::other("the content is not what it was when it was kept")));
                }
                content
            }
            _ => Zeroizing::default(),
        };
        Ok((record.path == path && record.then == *then).then_some((record, content)))
    }

    /// One name for the same thing at the same path.
    fn name(&self, path: &Path, then: &Standing) -> PathBuf {
        let standing = serde_json::to_string(then).unwrap_or_default();
        self.directory.join(sha256_hex(format!("{}\0{standing}", path.display()).as_bytes()))
    }

    fn prune(&self, now: OffsetDateTime) {
        for (path, _) in files::entries(&self.directory).unwrap_or_default() {
            if files::changed_at(&path).is_ok_and(|changed| changed + KEPT < now) {
                let _ = files::remove(&path);
            }
        }
    }
}
