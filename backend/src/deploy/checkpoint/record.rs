//! What a deployment keeps of each path that it changes, and what it makes of it.

use std::path::PathBuf;

use certdeck_shared::api::plan::OnFailure;
use certdeck_shared::x509::fingerprint::sha256_hex;
use serde::{Deserialize, Serialize};

use crate::deploy::plan::PlannedService;
use crate::host::entry::{Entry, Rights};
use crate::host::files::Owner;

/// Everything that a way back needs, whenever and by whoever it is gone. It is written before the first change, and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What is done with the services that were changed already when one fails.
    pub on_failure: OnFailure,
    /// Services in the order they are changed.
    pub services: Vec<RecordedService>,
}

/// What becomes of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedService {
    /// As it was planned.
    pub planned: PlannedService,
    /// Its paths: one for each file of the plan, in the same order.
    pub changes: Vec<Change>,
}

/// What becomes of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The path.
    pub path: PathBuf,
    /// What was there.
    pub before: Kept,
    /// What is made of it.
    pub made: Made,
}

/// What was at a path. The content of a file is in a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kept {
    /// Nothing.
    Absent,
    /// A file.
    File {
        /// Name of the copy in the checkpoint.
        copy: String,
        /// SHA-256 of its content.
        sha256: String,
        /// Whose it was.
        rights: Rights,
    },
    /// A file whose content somebody else keeps, under its digest.
    Held {
        /// SHA-256 of its content.
        sha256: String,
        /// Whose it was.
        rights: Rights,
    },
    /// A directory.
    Directory(Rights),
    /// A symbolic link.
    Link {
        /// What it pointed to.
        target: PathBuf,
        /// Whose it was.
        owner: Owner,
    },
}

impl Kept {
    /// Takes an entry down; a file's content is in `copy`.
    #[must_use]
    pub fn of(entry: &Entry, copy: String) -> Self {
        match entry {
            Entry::Absent => Self::Absent,
            Entry::File { content, rights } => Self::File { copy, sha256: sha256_hex(content), rights: rights.clone() },
            Entry::Held { sha256, rights, .. } => Self::Held { sha256: sha256.clone(), rights: rights.clone() },
            Entry::Directory(rights) => Self::Directory(rights.clone()),
            Entry::Link { target, owner } => Self::Link { target: target.clone(), owner: *owner },
        }
    }

    /// Whether an entry is just this.
    #[must_use]
    pub fn is(&self, entry: &Entry) -> bool {
        let copy = if let Self::File { copy, .. } = self { copy.clone() } else { String::new() };
        *self == Self::of(entry, copy)
    }
}

/// What a deployment makes, as far as it must be known again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Made {
    /// Nothing is left there.
    Absent,
    /// A file with this SHA-256.
    File(String),
    /// A directory.
    Directory,
    /// A symbolic link to this.
    Link(PathBuf),
}

impl Made {
    /// What an entry is.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        match entry {
            Entry::Absent => Self::Absent,
            Entry::File { content, .. } => Self::File(sha256_hex(content)),
            Entry::Held { sha256, .. } => Self::File(sha256.clone()),
            Entry::Directory(_) => Self::Directory,
            Entry::Link { target, .. } => Self::Link(target.clone()),
        }
    }
}
