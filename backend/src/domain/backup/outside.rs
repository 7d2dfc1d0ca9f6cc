//! Databases that lie outside the data directory: what a backup holds of them becomes a snapshot of each, and replaces what stands there
//! only if that was asked for.

use std::path::Path;

use certdeck_shared::api::database::DatabaseFormat;
use time::Duration;

use super::manifest::{Kept, Manifest, Part};
use super::{BackupError, STATE};
use crate::domain::accounts::LOCAL_ADMINISTRATOR;
use crate::domain::databases::chain;
use crate::host::files::Owner;
use crate::host::{Clock, files, now, owners};
use crate::nss::location::Location;
use crate::nss::revision::RevisionReader;
use crate::nss::snapshots::{FILES, SnapshotError, SnapshotStore, replace};
use crate::state::{AuditDraft, Store};

/// A registered database outside the data directory, and what became of it.
#[derive(Debug)]
pub struct Outside {
    /// Name for people.
    pub label: String,
    /// Where it is.
    pub place: Location,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a database.
#[derive(Debug)]
pub enum Fate {
    /// What stands there was not touched; what the backup holds of it is this snapshot.
    LeftAlone(String),
    /// It is what the backup holds; what stood there before is a snapshot, if anything did.
    Restored(Option<String>),
    /// It was to be restored and could not be; what stands there was not touched.
    Failed(String),
    /// It has the old format, which has no snapshots: its files lie in this directory of the data directory.
    Files(String),
}

/// A database whose snapshot is in the restored data directory.
pub(super) struct Adopted {
    kept: Kept,
    /// Nothing for one of the old format.
    snapshot: Option<String>,
}

/// All that the store of snapshots would forget stays: it decides again when the console takes the next.
fn store(data: &Path, id: &str) -> SnapshotStore {
    SnapshotStore::new(data, id, usize::MAX, Duration::MAX)
}

/// Turns what was unpacked of the databases into snapshots of the data directory that is being built.
pub(super) fn adopt(manifest: &Manifest, unpacked: &Path, data: &Path) -> Result<Vec<Adopted>, BackupError> {
    let mut adopted = Vec::new();
    for kept in &manifest.databases {
        let from = unpacked.join("databases").join(&kept.id);
        // The names of its files are those without the prefix.
        let location = Location::from(&from);
        let snapshot = if from.join("cert9.db").exists() {
            let failed = |source| files::FileError { action: "read", path: from.clone(), source };
            let revision = RevisionReader::new(&location, DatabaseFormat::Sql).read().map_err(failed)?;
            let reason = format!("the backup of {}", manifest.host);
            Some(store(data, &kept.id).take(location, LOCAL_ADMINISTRATOR, &reason, &revision, manifest.made_at)?.id)
        } else {
            let to = data.join("restored");
            files::make_directories(&to, 0o700)?;
            files::rename(&from, &to.join(&kept.id))?;
            None
        };
        adopted.push(Adopted { kept: kept.clone(), snapshot });
    }
    Ok(adopted)
}

/// Restores the databases themselves, or tells what was left alone.
pub(super) async fn finish(adopted: Vec<Adopted>, manifest: &Manifest, data: &Path, wanted: bool) -> Result<Vec<Outside>, BackupError> {
    let state = Store::open(&data.join(STATE), Clock::system())?;
    let mut found = Vec::new();
    for Adopted { kept, snapshot } in adopted {
        let place = Location::new(&kept.path, &kept.prefix);
        let fate = match snapshot {
            None => Fate::Files(data.join("restored").join(&kept.id).display().to_string()),
            Some(snapshot) if !wanted => Fate::LeftAlone(snapshot),
            Some(snapshot) => {
                let parts: Vec<&Part> =
                    manifest.parts.iter().filter(|part| part.name.starts_with(&format!("databases/{}/", kept.id))).collect();
                match put_back(&store(data, &kept.id), &place, &snapshot, &parts) {
                    Ok(before) => {
                        let draft = AuditDraft::success(LOCAL_ADMINISTRATOR, "snapshot.restore").database(&kept.id).subject(&snapshot);
                        state.audit().record(draft).await?;
                        Fate::Restored(before)
                    }
                    Err(error) => Fate::Failed(chain(&error)),
                }
            }
        };
        found.push(Outside { label: kept.label, place, fate });
    }
    Ok(found)
}

/// Puts a snapshot in the place of what stands there, which becomes one first.
fn put_back(store: &SnapshotStore, place: &Location, snapshot: &str, parts: &[&Part]) -> Result<Option<String>, BackupError> {
    let there = FILES.map(|name| place.file(name).exists());
    let before = if there.iter().take(2).any(|there| *there) {
        let failed = |source| files::FileError { action: "read", path: place.directory().to_owned(), source };
        let revision = RevisionReader::new(place, DatabaseFormat::Sql).read().map_err(failed)?;
        Some(store.take(place, LOCAL_ADMINISTRATOR, "before a backup was restored", &revision, now())?.id)
    } else {
        None
    };
    if !place.directory().exists() {
        files::make_directory(place.directory(), 0o700)?;
    }
    let (_, directory) = store.find(snapshot)?;
    replace(store.directory(), place, &directory, snapshot, |_| true)?;
    // What stood there gives its owner and mode; where nothing did, they are those of the backup.
    for (name, _) in FILES.iter().zip(there).filter(|(_, there)| !there) {
        if let Some(part) = parts.iter().find(|part| part.name.ends_with(&format!("/{name}"))) {
            let path = place.file(name);
            let owner = owners::user_by_name(&part.user)
                .map(|owner| Owner { group: owners::group_by_name(&part.group).unwrap_or(owner.group), ..owner })
                .filter(|owner| owners::own_user() == 0 && *owner != owners::own());
            if let Some(owner) = owner {
                files::set_owner(&path, owner)?;
            }
            files::set_mode(&path, part.mode & 0o777).map_err(SnapshotError::from)?;
        }
    }
    Ok(before)
}
