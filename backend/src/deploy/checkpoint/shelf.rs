//! Where the checkpoints of all deployments are, and who may work on which service.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::OnFailure;
use certdeck_shared::x509::fingerprint::sha256_hex;
use time::OffsetDateTime;

use super::{Checkpoint, Replacement, Standing};
use crate::deploy::plan::PlannedService;
use crate::host::files::{self, FileError, Lock};

const LOCKS: &str = "locks";

/// The directory of the checkpoints.
#[derive(Debug, Clone)]
pub struct Shelf {
    directory: PathBuf,
}

impl Shelf {
    /// In this directory, which is made when it is needed.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Where it is.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Keeps everything that services are about to lose, under an identifier that nobody has.
    ///
    /// # Errors
    /// What the system says; nothing is left then.
    pub fn make(&self, id: &str, on_failure: OnFailure, services: &[(PlannedService, Vec<Replacement>)]) -> Result<Checkpoint, FileError> {
        files::make_directories(&self.directory, 0o700)?;
        Checkpoint::make(self.directory.join(id), on_failure, services)
    }

    /// The checkpoint of a deployment and how far that came; nothing when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(&self, id: &str) -> Result<Option<(Checkpoint, Standing)>, FileError> {
        Checkpoint::open(self.directory.join(id))
    }

    /// Identifiers of the deployments that did not come to an end. What was given up before anything was changed is thrown away.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn unfinished(&self) -> Result<Vec<String>, FileError> {
        let mut unfinished = Vec::new();
        for id in self.identifiers()? {
            match self.open(&id)? {
                None => self.remove(&id)?,
                Some((_, standing)) if standing.ended.is_none() => unfinished.push(id),
                Some(_) => {}
            }
        }
        Ok(unfinished)
    }

    /// Throws away the checkpoints of deployments that ended well, or were taken back entirely, before an instant. Where something is
    /// left to do the checkpoint stays.
    ///
    /// # Errors
    /// When one cannot be read or removed.
    pub fn prune(&self, before: OffsetDateTime) -> Result<(), FileError> {
        for id in self.identifiers()? {
            let ended = self.open(&id)?.and_then(|(_, standing)| standing.ended);
            if ended.is_some_and(|(state, _, at)| state != DeploymentState::NeedsAttention && at < before) {
                self.remove(&id)?;
            }
        }
        Ok(())
    }

    fn identifiers(&self) -> Result<Vec<String>, FileError> {
        let failed = |source| FileError { action: "list", path: self.directory.clone(), source };
        let mut found = Vec::new();
        match std::fs::read_dir(&self.directory) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            entries => {
                for entry in entries.map_err(failed)? {
                    let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
                    if name != LOCKS {
                        found.push(name);
                    }
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn remove(&self, id: &str) -> Result<(), FileError> {
        let path = self.directory.join(id);
        std::fs::remove_dir_all(&path).map_err(|source| FileError { action: "remove", path, source })
    }

    /// Locks services and the paths they share with others. The label of the service that somebody else works on, when there is one.
    ///
    /// # Errors
    /// What the system says.
    pub fn lock<'a>(&self, services: impl IntoIterator<Item = &'a PlannedService>) -> Result<Result<Vec<Lock>, String>, FileError> {
        let directory = self.directory.join(LOCKS);
        files::make_directories(&directory, 0o700)?;
        let (mut locks, mut names) = (Vec::new(), BTreeSet::new());
        for service in services {
            let paths = service.files.iter().map(|file| format!("path {}", file.path.display()));
            for what in paths.chain([format!("service {}", service.service.id)]) {
                // Digests, because a path is too long for a name and has slashes.
                let name: String = sha256_hex(what.as_bytes()).chars().take(32).collect();
                if !names.insert(name.clone()) {
                    continue;
                }
                match files::try_lock(&directory.join(name))? {
                    Some(lock) => locks.push(lock),
                    None => return Ok(Err(service.service.label.clone())),
                }
            }
        }
        Ok(Ok(locks))
    }
}
