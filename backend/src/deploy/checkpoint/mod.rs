//! Checkpoints: for each deployment a folder with copies of all that it changes, whose they were, and a journal. A checkpoint is whole
//! before the first change; with it a deployment can be taken back at any later time, also by another run of the console.
//!
//! Copies hold private keys. The folders are 0700 and the files 0600 from the first instant, whatever the mode of the original.

mod journal;
mod record;
mod shelf;

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::OnFailure;
use certdeck_shared::x509::fingerprint::sha256_hex;
use zeroize::Zeroizing;

pub use journal::{Journal, Note, Standing};
pub use record::{Change, Kept, Made, Record, RecordedService};
pub use shelf::Shelf;

use super::plan::PlannedService;
use crate::host::entry::{Entry, Rights};
use crate::host::files::{self, FileError};
use crate::host::randomness;

const RECORD: &str = "record.json";
const JOURNAL: &str = "journal";
const RECORD_LIMIT: u64 = 256 << 20;
const COPY_LIMIT: u64 = 16 << 20;

/// What a path is, and what shall become of it.
pub struct Replacement {
    /// The path.
    pub path: PathBuf,
    /// What is there.
    pub before: Entry,
    /// What shall be there.
    pub after: Entry,
}

/// The checkpoint of one deployment.
#[derive(Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    /// What is kept.
    pub record: Record,
    journal: Journal,
}

impl Checkpoint {
    /// Keeps everything that services are about to lose. Whatever fails, nothing of it is left.
    fn make(folder: PathBuf, on_failure: OnFailure, services: &[(PlannedService, Vec<Replacement>)]) -> Result<Self, FileError> {
        files::make_directory(&folder, 0o700)?;
        Self::fill(&folder, on_failure, services).inspect_err(|_| drop(std::fs::remove_dir_all(&folder)))
    }

    fn fill(folder: &Path, on_failure: OnFailure, services: &[(PlannedService, Vec<Replacement>)]) -> Result<Self, FileError> {
        let mut record = Record { on_failure, services: Vec::new() };
        for (place, (planned, wanted)) in services.iter().enumerate() {
            let mut changes = Vec::new();
            for (number, Replacement { path, before, after }) in wanted.iter().enumerate() {
                let copy = format!("{place}-{number}");
                if let Entry::File { content, .. } = before {
                    files::create_new(&folder.join(&copy), content, 0o600, None)?;
                }
                changes.push(Change { path: path.clone(), before: Kept::of(before, copy), made: Made::of(after) });
            }
            record.services.push(RecordedService { planned: planned.clone(), changes });
        }
        let journal = Journal::create(&folder.join(JOURNAL))?;
        // Last: a folder without it was given up before anything was changed.
        let path = folder.join(RECORD);
        let json = serde_json::to_vec(&record).map_err(|error| damaged(&path, error))?;
        files::write_atomically(&path, &json, 0o600, None)?;
        Ok(Self { folder: folder.to_owned(), record, journal })
    }

    /// Opens one that was made before; nothing when it was given up before it was whole.
    fn open(folder: PathBuf) -> Result<Option<(Self, Standing)>, FileError> {
        let path = folder.join(RECORD);
        let json = match files::read_limited(&path, RECORD_LIMIT) {
            Err(error) if error.is_absent() => return Ok(None),
            read => read?,
        };
        let record = serde_json::from_slice(&json).map_err(|error| damaged(&path, error))?;
        let (journal, standing) = Journal::open(&folder.join(JOURNAL))?;
        Ok(Some((Self { folder, record, journal }, standing)))
    }

    /// Writes a note, durably.
    ///
    /// # Errors
    /// When that is not possible: then what it announces must not be done.
    pub fn note(&self, note: &Note) -> Result<(), FileError> {
        self.journal.note(note)
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A change.
    #[must_use]
    pub fn change(&self, service: usize, change: usize) -> Option<&Change> {
        self.record.services.get(service)?.changes.get(change)
    }

    /// Where the copy of a file is.
    #[must_use]
    pub fn copy_of(&self, kept: &Kept) -> Option<PathBuf> {
        match kept {
            Kept::File { copy, .. } => Some(self.folder.join(copy)),
            Kept::Absent | Kept::Held { .. } | Kept::Directory(_) | Kept::Link { .. } => None,
        }
    }

    /// Keeps a content that somebody else wrote while the deployment was under way, and says where.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_foreign(&self, content: &[u8]) -> Result<PathBuf, FileError> {
        let path = self.folder.join(format!("foreign-{}", randomness::identifier()));
        files::create_new(&path, content, 0o600, None)?;
        Ok(path)
    }

    /// What was kept, whole.
    ///
    /// # Errors
    /// When the copy cannot be read, or is not what it was when it was made.
    pub fn entry(&self, kept: &Kept) -> Result<Entry, FileError> {
        Ok(match kept {
            Kept::Absent => Entry::Absent,
            Kept::Held { sha256, rights } => Entry::Held { sha256: sha256.clone(), length: 0, rights: rights.clone() },
            Kept::Directory(rights) => Entry::Directory(rights.clone()),
            Kept::Link { target, owner } => Entry::Link { target: target.clone(), owner: *owner },
            Kept::File { copy, sha256, rights } => {
                let path = self.folder.join(copy);
                let content = Zeroizing::new(files::read_limited(&path, COPY_LIMIT)?);
                if sha256_hex(&content) != *sha256 {
                    let source = std::io::Error::other("the copy is not what it was when it was made");
                    return Err(FileError { action: "use", path, source });
                }
                Entry::File { content, rights: Rights::clone(rights) }
            }
        })
    }
}

fn damaged(path: &Path, error: serde_json::Error) -> FileError {
    FileError { action: "understand", path: path.to_owned(), source: error.into() }
}
