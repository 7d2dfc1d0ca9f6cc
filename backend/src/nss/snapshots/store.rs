//! The snapshots of one database in the console's data directory.

use std::path::{Path, PathBuf};

use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use super::super::location::Location;
use super::{Manifest, SnapshotError, copy};
use crate::host::{files, randomness};

const MANIFEST: &str = "manifest.json";
const MANIFEST_LIMIT: u64 = 64 * 1024;

/// The snapshots of one database.
#[derive(Debug, Clone)]
pub struct SnapshotStore {
    directory: PathBuf,
    kept: usize,
    age: Duration,
}

impl SnapshotStore {
    /// The snapshots of the database of this identifier: at most `kept`, none older than `age` but the newest.
    #[must_use]
    pub fn new(data_directory: &Path, database: &str, kept: usize, age: Duration) -> Self {
        Self { directory: data_directory.join("snapshots").join(database), kept: kept.max(1), age }
    }

    /// Where they are.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Copies the database and forgets what is too old. The snapshot appears as a whole or not at all.
    ///
    /// # Errors
    /// When the database cannot be read or the copy cannot be written; then nothing has changed.
    pub fn take(
        &self,
        database: impl Into<Location>,
        actor: &str,
        reason: &str,
        revision: &str,
        now: OffsetDateTime,
    ) -> Result<Manifest, SnapshotError> {
        files::make_directories(&self.directory, 0o700)?;
        let id = identifier(now);
        let unfinished = self.directory.join(format!(".{id}"));
        files::make_directory(&unfinished, 0o700)?;
        let taken = self.fill(
            &unfinished,
            &database.into(),
            Manifest {
                id: id.clone(),
                taken_at: now,
                actor: actor.to_owned(),
                reason: reason.to_owned(),
                bytes: 0,
                revision: revision.to_owned(),
            },
        );
        if taken.is_err() {
            let _ = std::fs::remove_dir_all(&unfinished);
        }
        let manifest = taken?;
        self.prune(now);
        Ok(manifest)
    }

    fn fill(&self, unfinished: &Path, database: &Location, mut manifest: Manifest) -> Result<Manifest, SnapshotError> {
        manifest.bytes = copy::copy(database, unfinished)?;
        let text = serde_json::to_vec_pretty(&manifest).map_err(SnapshotError::Damaged)?;
        // Makes the names of the copies durable as well.
        files::create_new(&unfinished.join(MANIFEST), &text, 0o600, None)?;
        files::rename(unfinished, &self.directory.join(&manifest.id))?;
        Ok(manifest)
    }

    /// All snapshots, newest first. What does not read as one is left out.
    ///
    /// # Errors
    /// When the directory is there and cannot be read.
    pub fn list(&self) -> Result<Vec<Manifest>, SnapshotError> {
        let entries = match std::fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(files::FileError { action: "read", path: self.directory.clone(), source }.into()),
        };
        let mut found: Vec<Manifest> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter_map(|name| self.find(&name).ok().map(|(manifest, _)| manifest))
            .collect();
        found.sort_by(|left, right| right.id.cmp(&left.id));
        Ok(found)
    }

    /// One snapshot and its directory.
    ///
    /// # Errors
    /// `NotFound`; `Damaged` when its manifest does not read.
    pub fn find(&self, id: &str) -> Result<(Manifest, PathBuf), SnapshotError> {
        if !is_identifier(id) {
            return Err(SnapshotError::NotFound);
        }
        let directory = self.directory.join(id);
        let text = match files::read_limited(&directory.join(MANIFEST), MANIFEST_LIMIT) {
            Ok(text) => text,
            Err(error) if error.is_absent() => return Err(SnapshotError::NotFound),
            Err(error) => return Err(error.into()),
        };
        Ok((serde_json::from_slice(&text).map_err(SnapshotError::Damaged)?, directory))
    }

    /// Removes one snapshot.
    ///
    /// # Errors
    /// `NotFound`, or what the file system says.
    pub fn remove(&self, id: &str) -> Result<(), SnapshotError> {
        let (_, directory) = self.find(id)?;
        std::fs::remove_dir_all(&directory).map_err(|source| files::FileError { action: "remove", path: directory, source })?;
        Ok(())
    }

    /// Removes what an earlier run left unfinished.
    pub fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(&self.directory) else { return };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            if name.to_str().is_some_and(|name| name.starts_with('.')) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }

    fn prune(&self, now: OffsetDateTime) {
        let Ok(snapshots) = self.list() else { return };
        for (position, snapshot) in snapshots.iter().enumerate() {
            let old = now - snapshot.taken_at > self.age;
            if (position >= self.kept || (old && position > 0)) && self.remove(&snapshot.id).is_err() {
                tracing::warn!(snapshot.id = snapshot.id, "an old snapshot could not be removed");
            }
        }
    }
}

fn identifier(now: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second][subsecond digits:3]");
    let moment = now.format(&format).unwrap_or_default();
    format!("{moment}-{:08x}", u32::from_be_bytes(randomness::bytes::<4>()))
}

fn is_identifier(text: &str) -> bool {
    text.len() == 27 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
