//! The journal of a deployment: what is about to be done, a line each, durable before it is done. After a kill it tells how far it came.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use certdeck_shared::api::deployment::DeploymentState;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::host::appended::Appended;
use crate::host::files::FileError;

/// More than a deployment of a hundred services notes.
const LONGEST: u64 = 16 << 20;

/// What is about to be done, or has just been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// A path is changed.
    Changing {
        /// Place of its service.
        service: usize,
        /// Place of the change.
        change: usize,
        /// Name that is renamed to the path.
        temporary: PathBuf,
    },
    /// A running service is made to take its files up.
    Activating {
        /// Place of the service.
        service: usize,
    },
    /// All ports of a service serve what they should.
    Proved {
        /// Place of the service.
        service: usize,
    },
    /// These services are taken back.
    Returning {
        /// Their places.
        services: Vec<usize>,
        /// Why, as sentences.
        cause: String,
    },
    /// It is over.
    Ended {
        /// How.
        state: DeploymentState,
        /// The same as sentences.
        message: String,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

/// How far a deployment came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Paths that may be changed: service and change.
    pub changed: BTreeSet<(usize, usize)>,
    /// Names that may have been left behind.
    pub temporaries: Vec<PathBuf>,
    /// Services that may have taken their files up.
    pub activated: BTreeSet<usize>,
    /// Services that were proved.
    pub proved: BTreeSet<usize>,
    /// Services that are taken back, and why.
    pub returning: Option<(Vec<usize>, String)>,
    /// How it ended, and when.
    pub ended: Option<(DeploymentState, String, OffsetDateTime)>,
}

impl Standing {
    /// Takes a note into account.
    pub fn heed(&mut self, note: Note) {
        match note {
            Note::Changing { service, change, temporary } => {
                self.changed.insert((service, change));
                self.temporaries.push(temporary);
            }
            Note::Activating { service } => drop(self.activated.insert(service)),
            Note::Proved { service } => drop(self.proved.insert(service)),
            Note::Returning { services, cause } => self.returning = Some((services, cause)),
            Note::Ended { state, message, at } => self.ended = Some((state, message, at)),
        }
    }

    /// Services that may have been changed.
    #[must_use]
    pub fn begun(&self) -> BTreeSet<usize> {
        self.changed.iter().map(|(service, _)| *service).chain(self.activated.iter().copied()).collect()
    }
}

/// The file.
#[derive(Debug)]
pub struct Journal(Appended);

impl Journal {
    /// Begins one.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        Appended::create(path).map(Self)
    }

    /// Opens one to go on with it. A last line that is not whole announces what was never begun, and is cut off.
    ///
    /// # Errors
    /// When the file cannot be read, or a line of it is none of ours.
    pub fn open(path: &Path) -> Result<(Self, Standing), FileError> {
        let (file, content) = Appended::open(path, LONGEST)?;
        let mut standing = Standing::default();
        for line in content.split(|octet| *octet == b'\n').filter(|line| !line.is_empty()) {
            let damaged = |error: serde_json::Error| FileError { action: "understand", path: path.to_owned(), source: error.into() };
            standing.heed(serde_json::from_slice(line).map_err(damaged)?);
        }
        Ok((Self(file), standing))
    }

    /// Writes a note, durably.
    ///
    /// # Errors
    /// When that is not possible: then what it announces must not be done.
    pub fn note(&self, note: &Note) -> Result<(), FileError> {
        let mut line = serde_json::to_vec(note).map_err(|error| self.0.failed(error.into()))?;
        line.push(b'\n');
        self.0.append(&line)
    }
}
