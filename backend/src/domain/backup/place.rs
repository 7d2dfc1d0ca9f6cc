//! Where a restored data directory goes.

use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use time::macros::format_description;

use super::{BackupError, LOCK, STATE};
use crate::host::files::{self, Lock, Owner};
use crate::host::{owners, room};

/// What is at the place now.
pub(super) enum Standing {
    /// Nothing, or an empty directory of this owner.
    Free(Option<Owner>),
    /// A data directory, which no console runs on as long as the lock is held.
    Old { owner: Owner, _lock: Lock },
}

/// Looks at the place; a data directory is for [`put`] to replace, and only if that was asked for.
pub(super) fn look(target: &Path, replace: bool) -> Result<Standing, BackupError> {
    let found = match files::attributes(target) {
        Err(error) if error.is_absent() => return Ok(Standing::Free(None)),
        found => found?,
    };
    if found.directory && files::entries(target)?.is_empty() {
        return Ok(Standing::Free(Some(found.owner)));
    }
    if !replace {
        return Err(BackupError::Occupied(target.to_owned()));
    }
    if !found.directory || !target.join(STATE).exists() {
        return Err(BackupError::NotOurs(target.to_owned()));
    }
    let lock = files::try_lock(&target.join(LOCK))?.ok_or_else(|| BackupError::Running(target.to_owned()))?;
    Ok(Standing::Old { owner: found.owner, _lock: lock })
}

/// Whose the restored directory will be: whose the place is, else whose the old one was if that user is here, and ours for all but root.
pub(super) fn owner(standing: &Standing, recorded: &str) -> Option<Owner> {
    let owner = match standing {
        Standing::Free(Some(owner)) | Standing::Old { owner, .. } => Some(*owner),
        Standing::Free(None) => owners::user_by_name(recorded),
    };
    owner.filter(|owner| owners::own_user() == 0 && *owner != owners::own())
}

/// Gives a directory with everything in it to somebody, and makes all of it durable.
pub(super) fn settle(directory: &Path, owner: Option<Owner>) -> Result<(), BackupError> {
    for (path, kind) in files::entries(directory)? {
        if kind.is_dir() {
            settle(&path, owner)?;
        } else {
            if let Some(owner) = owner {
                files::set_owner(&path, owner)?;
            }
            files::sync_file(&path)?;
        }
    }
    if let Some(owner) = owner {
        files::set_owner(directory, owner)?;
    }
    Ok(files::sync_directory(directory)?)
}

/// Puts the finished directory in its place by one renaming. An old one is renamed first; where it is then.
pub(super) fn put(finished: &Path, target: &Path, standing: &Standing, now: OffsetDateTime) -> Result<Option<PathBuf>, BackupError> {
    let Standing::Old { .. } = standing else {
        files::rename_new(finished, target)?;
        return Ok(None);
    };
    let format = format_description!("[year][month][day]T[hour][minute][second]");
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".before-{}", now.format(&format).unwrap_or_default()));
    let kept = target.with_file_name(name);
    files::rename_new(target, &kept)?;
    if let Err(error) = files::rename_new(finished, target) {
        files::rename_new(&kept, target)?;
        return Err(error.into());
    }
    Ok(Some(kept))
}

/// Where the directory is built: beside its place, so that renaming is enough.
pub(super) fn parent(target: &Path) -> Result<&Path, BackupError> {
    let parent = target.parent().unwrap_or_else(|| Path::new("/"));
    let found = room::of(parent)?;
    match found.closed {
        Some(why) => Err(files::FileError { action: "write in", path: parent.to_owned(), source: std::io::Error::other(why) }.into()),
        None => Ok(parent),
    }
}
