//! What a backup is written from: the console as it is at one instant, in a directory that nobody else knows.
//!
//! SQLite's files are copied by SQLite. All other files of the data directory are written once or replaced as a whole, so a second name (a hard
//! link) is enough to keep them as they are; no byte of the snapshots is copied.
//!
//! The state comes first: what is done meanwhile may stand in a database and not in the state, and never the other way round. A key without its
//! request can be used; a request without its key cannot.

use std::collections::BTreeSet;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::time::Duration;

use certdeck_shared::api::database::DatabaseFormat;
use certdeck_shared::api::deployment::DeploymentState;

use super::manifest::{Kept, LeftOut};
use super::{BackupError, LOCK, STATE};
use crate::domain::databases::chain;
use crate::host::{Clock, files};
use crate::nss::location::Location;
use crate::nss::snapshots::{FILES, SnapshotError, copy};
use crate::state::{DatabaseRecord, Store, copy_state};

/// How often a state is copied anew, a second apart, until no deployment is under way in it.
const PATIENCE: u32 = 30;
/// How often a database that somebody writes to is tried.
const TRIES: u32 = 5;
/// Settings have at most 64 KiB, `secmod.db` and the older databases some megabytes.
const COPIED_LIMIT: u64 = 256 * 1024 * 1024;

/// A file of the image.
pub(super) struct Piece {
    /// Its name in the image and in the archive.
    pub name: String,
    /// What it stands for.
    pub origin: PathBuf,
}

/// The console at one instant.
pub(super) struct Image {
    pub root: PathBuf,
    pub data_dir: PathBuf,
    pub pieces: Vec<Piece>,
    pub databases: Vec<Kept>,
    pub left_out: Vec<LeftOut>,
}

/// Collects the image in `scratch`, a directory on the same file system as the data directory.
pub(super) async fn assemble(data_dir: &Path, config: Option<&Path>, scratch: &Path) -> Result<Image, BackupError> {
    let root = scratch.join("image");
    files::make_directory(&root, 0o700)?;
    files::make_directory(&root.join("data"), 0o700)?;
    let (databases, ended) = state(data_dir, scratch, &root.join("data").join(STATE)).await?;
    let mut image = Image { root, data_dir: data_dir.to_owned(), pieces: Vec::new(), databases: Vec::new(), left_out: Vec::new() };
    image.piece(format!("data/{STATE}"), data_dir.join(STATE));
    for database in &databases {
        image.database(database)?;
    }
    image.data_directory(&databases, &ended)?;
    if let Some(config) = config {
        image.copied("config.toml", config)?;
    }
    image.pieces.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(image)
}

/// Copies the state when no deployment is under way; the databases in it, and the deployments that have ended.
async fn state(data_dir: &Path, scratch: &Path, target: &Path) -> Result<(Vec<DatabaseRecord>, BTreeSet<String>), BackupError> {
    let mut under_way = Vec::new();
    for attempt in 0..PATIENCE {
        copy_state(&data_dir.join(STATE), target)?;
        // Opening one upgrades it; that is not for the one that is backed up.
        let read = scratch.join(format!("read-{attempt}.sqlite"));
        copy_state(target, &read)?;
        let store = Store::open(&read, Clock::system())?;
        under_way = store.deployments().unended().await?;
        if under_way.is_empty() {
            let deployments = store.deployments().list(u32::MAX).await?;
            let ended = |state| !matches!(state, DeploymentState::Running | DeploymentState::RollingBack);
            let ended = deployments.into_iter().filter(|deployment| ended(deployment.state)).map(|deployment| deployment.id).collect();
            return Ok((store.databases().list().await?, ended));
        }
        files::remove(target)?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(BackupError::DeploymentUnderWay(under_way.join(", ")))
}

impl Image {
    fn piece(&mut self, name: String, origin: PathBuf) {
        self.pieces.push(Piece { name, origin });
    }

    fn leave_out(&mut self, path: impl std::fmt::Display, reason: impl Into<String>) {
        self.left_out.push(LeftOut { path: path.to_string(), reason: reason.into() });
    }

    /// Where something of the data directory is in the image; nothing when it lies elsewhere.
    fn inside(&self, path: &Path) -> Option<String> {
        let relative = path.strip_prefix(&self.data_dir).ok()?.to_str()?;
        Some(format!("data/{relative}"))
    }

    fn database(&mut self, record: &DatabaseRecord) -> Result<(), BackupError> {
        let location = Location::new(&record.path, &record.prefix);
        let directory = self.inside(location.directory());
        let at = directory.clone().unwrap_or_else(|| format!("databases/{}", record.id));
        files::make_directories(&self.root.join(&at), 0o700)?;
        match record.format {
            DatabaseFormat::Sql => {
                if let Err(error) = copied_by_sqlite(&location, &self.root.join(&at)) {
                    if matches!(&error, SnapshotError::File(_)) || error.is_disk_full() {
                        return Err(error.into());
                    }
                    let _ = std::fs::remove_dir_all(self.root.join(&at));
                    self.leave_out(&location, chain(&error));
                    return Ok(());
                }
                for name in FILES {
                    if self.root.join(&at).join(name).exists() {
                        self.piece(format!("{at}/{name}"), location.file(name));
                    }
                }
            }
            // Nobody has a lock on them that would be heeded; the console never writes them.
            DatabaseFormat::Dbm => {
                for name in ["cert8.db", "key3.db", "secmod.db"] {
                    let path = location.file(name);
                    if path.exists() {
                        self.copied(&format!("{at}/{name}"), &path)?;
                    }
                }
            }
        }
        if directory.is_none() {
            let DatabaseRecord { id, label, path, prefix, .. } = record.clone();
            self.databases.push(Kept { id, label, path, prefix });
        }
        Ok(())
    }

    fn copied(&mut self, name: &str, origin: &Path) -> Result<(), BackupError> {
        let content = files::read_limited(origin, COPIED_LIMIT)?;
        files::create_new(&self.root.join(name), &content, 0o600, None)?;
        self.piece(name.to_owned(), origin.to_owned());
        Ok(())
    }

    fn data_directory(&mut self, databases: &[DatabaseRecord], ended: &BTreeSet<String>) -> Result<(), BackupError> {
        let copied: BTreeSet<PathBuf> = databases
            .iter()
            .filter(|database| database.format == DatabaseFormat::Sql)
            .map(|database| Location::new(&database.path, &database.prefix))
            .flat_map(|location| FILES.map(|name| location.file(name)))
            .collect();
        let top = self.data_dir.clone();
        for (path, kind) in files::entries(&top)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            match name {
                // What is kept of upgrades is for this host, and the state that it led to is in the backup.
                _ if name.starts_with(STATE) || name.starts_with("state-schema-") || name.starts_with("certdeck-scratch-") => {}
                LOCK => {}
                "snapshots" => {
                    for (database, _) in files::entries(&path)? {
                        for (snapshot, kind) in files::entries(&database)? {
                            self.whole(&snapshot, kind)?;
                        }
                    }
                }
                "deployments" => {
                    for (checkpoint, kind) in files::entries(&path)? {
                        if checkpoint.file_name().and_then(|name| name.to_str()).is_some_and(|name| ended.contains(name)) {
                            self.whole(&checkpoint, kind)?;
                        }
                    }
                }
                _ => self.linked(&path, kind, &copied)?,
            }
        }
        Ok(())
    }

    /// A directory that the console may remove at any time: all of it, or nothing.
    fn whole(&mut self, directory: &Path, kind: FileType) -> Result<(), BackupError> {
        let before = self.pieces.len();
        match self.linked(directory, kind, &BTreeSet::new()) {
            Err(BackupError::File(error)) if error.is_absent() => {
                self.pieces.truncate(before);
                Ok(())
            }
            other => other,
        }
    }

    /// A second name for each file below a path.
    fn linked(&mut self, path: &Path, kind: FileType, but: &BTreeSet<PathBuf>) -> Result<(), BackupError> {
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if hidden || but.contains(path) {
            return Ok(());
        }
        let Some(name) = self.inside(path) else {
            self.leave_out(path.display(), "its name is not UTF-8");
            return Ok(());
        };
        if kind.is_dir() {
            files::make_directories(&self.root.join(&name), 0o700)?;
            for (entry, kind) in files::entries(path)? {
                self.linked(&entry, kind, but)?;
            }
        } else if kind.is_file() {
            files::link(path, &self.root.join(&name))?;
            self.piece(name, path.to_owned());
        } else {
            self.leave_out(path.display(), "it is no file");
        }
        Ok(())
    }
}

/// Tries again while somebody else writes.
fn copied_by_sqlite(location: &Location, target: &Path) -> Result<(), SnapshotError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match copy(location, target) {
            Ok(_) => return Ok(()),
            Err(error) if tries == TRIES || matches!(error, SnapshotError::File(_)) => return Err(error),
            Err(_) => {
                for name in FILES {
                    files::remove(&target.join(name))?;
                }
            }
        }
    }
}
