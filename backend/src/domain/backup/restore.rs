//! From the archive to a data directory: built beside its place, proved, and put there as a whole.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::encryption::Decryption;
use super::manifest::Manifest;
use super::outside::{self, Outside};
use super::place;
use super::unpack::unpack;
use super::{BackupError, LOCK, STATE};
use crate::domain::accounts::LOCAL_ADMINISTRATOR;
use crate::host::scratch::Scratch;
use crate::host::{Clock, files};
use crate::state::{AuditDraft, StateError, Store, verify_state};

/// How a backup is restored.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes {
    /// In the place of a data directory that is there, which is kept beside it.
    pub replace: bool,
    /// With the databases that lie outside the data directory.
    pub databases: bool,
}

/// What became of a restored backup.
#[derive(Debug)]
pub struct Restored {
    /// What the backup says about itself.
    pub manifest: Manifest,
    /// Where the old data directory is now.
    pub kept: Option<PathBuf>,
    /// Databases outside the data directory.
    pub databases: Vec<Outside>,
}

/// Restores a backup into the data directory `target`, an absolute path. Until the last step there is nothing at that place, or what was there.
///
/// # Errors
/// When the archive is not as it was written, the place is taken, or something cannot be written; nothing has changed then.
pub async fn restore(archive: impl Read, key: Decryption, target: &Path, wishes: Wishes) -> Result<Restored, BackupError> {
    let standing = place::look(target, wishes.replace)?;
    let scratch = Scratch::make(place::parent(target)?)?;
    let manifest = unpack(key.of(archive)?, scratch.path())?;
    let data = scratch.path().join("data");
    proved(&data)?;
    let databases = outside::adopt(&manifest, scratch.path(), &data)?;
    config(scratch.path(), &data)?;
    settled_in(&data, &manifest, target).await?;
    // A console that starts as soon as the directory is there waits for what is still to be done.
    let lock = files::try_lock(&data.join(LOCK))?;
    files::set_mode(&data, 0o700)?;
    place::settle(&data, place::owner(&standing, &manifest.owner))?;
    let kept = place::put(&data, target, &standing, Clock::system().now())?;
    let databases = outside::finish(databases, &manifest, target, wishes.databases).await?;
    drop(lock);
    Ok(Restored { manifest, kept, databases })
}

/// The state is whole, and its audit log as it was written. An older console's has no digests yet.
fn proved(data: &Path) -> Result<(), BackupError> {
    let state = data.join(STATE);
    match verify_state(&state, None) {
        Ok(found) => found.fault.map_or(Ok(()), |fault| Err(BackupError::AuditAltered(fault.detail))),
        Err(StateError::NotChained(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The settings are for somebody to look at: paths and addresses may be other ones here.
fn config(unpacked: &Path, data: &Path) -> Result<(), BackupError> {
    let from = unpacked.join("config.toml");
    if from.exists() {
        let to = data.join("restored");
        files::make_directories(&to, 0o700)?;
        files::rename(&from, &to.join("config.toml"))?;
    }
    Ok(())
}

/// Opens the state, which upgrades an older one, and tells it where it is now and how it came there.
async fn settled_in(data: &Path, manifest: &Manifest, target: &Path) -> Result<(), BackupError> {
    let made_at = manifest.made_at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default();
    let draft = AuditDraft::success(LOCAL_ADMINISTRATOR, "console.restore")
        .subject(target.display().to_string())
        .after(json!({"made_at": made_at, "host": manifest.host, "data_dir": manifest.data_dir}));
    let store = Store::open(&data.join(STATE), Clock::system())?;
    store.settle_in(&manifest.data_dir, &target.display().to_string(), draft).await?;
    Ok(())
}
