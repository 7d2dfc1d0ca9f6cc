//! Snapshots: what they hold that the database does not, and the way back to one.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use certdeck_shared::api::snapshot::{NicknameDifference, Restored, Snapshot, SnapshotDifference, TrustDifference};
use serde_json::json;

use super::databases::{Done, Operation, OperationError, blocking};
use crate::nss::listing::{self, Listing};
use crate::nss::snapshots::{Manifest, replace};

/// Differences that were worked out: a snapshot never changes, and the database does not while its revision stays.
#[derive(Debug, Default)]
pub struct KnownDifferences {
    revision: String,
    /// By snapshot; none for one that cannot be read.
    of_snapshot: HashMap<String, Option<SnapshotDifference>>,
}

impl KnownDifferences {
    /// Forgets what is said of another revision, and of snapshots that are gone.
    fn keep(&mut self, revision: &str, manifests: &[Manifest]) {
        if self.revision != revision {
            self.of_snapshot.clear();
            revision.clone_into(&mut self.revision);
        }
        self.of_snapshot.retain(|id, _| manifests.iter().any(|manifest| manifest.id == *id));
    }
}

impl Operation {
    /// All snapshots, the newest first, with what restoring each would change.
    ///
    /// # Errors
    /// When the data directory cannot be read. A snapshot that cannot be read has no difference.
    pub async fn snapshots(&self) -> Result<Vec<Snapshot>, OperationError> {
        let (store, database) = (self.database.snapshots.clone(), Arc::clone(&self.database));
        let now = self.database.listing().await.ok();
        blocking(move || -> Result<Vec<Snapshot>, OperationError> {
            let manifests = store.list()?;
            let Some(now) = now else { return Ok(manifests.into_iter().map(|manifest| describe(manifest, None)).collect()) };
            let mut known = database.differences.lock().unwrap_or_else(PoisonError::into_inner);
            known.keep(&now.revision, &manifests);
            let with_difference = manifests.into_iter().map(|manifest| {
                let difference = known.of_snapshot.entry(manifest.id.clone()).or_insert_with(|| {
                    let (_, directory) = store.find(&manifest.id).ok()?;
                    Some(difference(&listing::read(&directory, String::new()).ok()?, &now))
                });
                let difference = difference.clone();
                describe(manifest, difference)
            });
            Ok(with_difference.collect())
        })
        .await?
    }

    /// One snapshot.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn one_snapshot(&self, id: &str) -> Result<Snapshot, OperationError> {
        let found = self.snapshots().await?.into_iter().find(|snapshot| snapshot.id == id);
        found.ok_or_else(|| OperationError::not_found("snapshot", id))
    }

    /// Puts a snapshot back. What it replaces becomes a snapshot itself, so that there is a way back.
    ///
    /// # Errors
    /// `NotFound`; when files cannot be written.
    pub async fn restore(&self, id: &str) -> Result<Restored, OperationError> {
        let result = self.restore_in_turn(id).await;
        self.conclude("snapshot.restore", Some(id), result).await
    }

    async fn restore_in_turn(&self, id: &str) -> Result<Done<Restored>, OperationError> {
        let _turn = self.database.turn().await?;
        let store = self.database.snapshots.clone();
        let wanted = id.to_owned();
        let (manifest, directory) = blocking(move || store.find(&wanted)).await?.map_err(|error| match error {
            crate::nss::snapshots::SnapshotError::NotFound => OperationError::not_found("snapshot", id),
            error => error.into(),
        })?;
        // Copied first: taking the snapshot of now may let the oldest go, and the oldest may be the one that is wanted.
        let markers = self.database.snapshots.directory().to_owned();
        let held = directory.clone();
        let kept = blocking(move || hold(&held)).await??;
        let present = self.snapshot(&format!("restoration of the state of {}", manifest.taken_at)).await;
        let present = match present {
            Ok(present) => present.unwrap_or_default(),
            Err(error) => {
                let _ = std::fs::remove_dir_all(&kept);
                return Err(error);
            }
        };
        // The worker has the files open; it starts again with the next call, unlocked if it was.
        self.database.token.close().await?;
        let (location, wanted, source) = (self.database.location.clone(), id.to_owned(), kept.clone());
        let replaced = blocking(move || {
            let replaced = replace(&markers, location, &source, &wanted, |_| true);
            let _ = std::fs::remove_dir_all(&source);
            replaced
        })
        .await?;
        self.database.forget_listing().await;
        replaced?;
        let revision = self.changed()?;
        let answer = Restored { snapshot: present.clone(), revision };
        Ok(Done { answer, before: Some(json!({"snapshot": present})), after: Some(json!({"snapshot": id})) })
    }
}

/// Links the files of a snapshot into a directory of their own, which pruning does not know.
fn hold(snapshot: &std::path::Path) -> Result<std::path::PathBuf, OperationError> {
    use crate::host::files;
    let held = files::temporary_beside(snapshot);
    files::make_directory(&held, 0o700)?;
    for name in crate::nss::snapshots::FILES {
        let (from, to) = (snapshot.join(name), held.join(name));
        match std::fs::hard_link(&from, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(files::FileError { action: "link", path: from, source }.into()),
        }
    }
    Ok(held)
}

fn describe(manifest: Manifest, difference: Option<SnapshotDifference>) -> Snapshot {
    Snapshot {
        id: manifest.id,
        taken_at: manifest.taken_at,
        actor: manifest.actor,
        reason: manifest.reason,
        bytes: manifest.bytes,
        difference,
    }
}

fn difference(then: &Listing, now: &Listing) -> SnapshotDifference {
    let name = |nickname: &Option<String>, fingerprint: &str| nickname.clone().unwrap_or_else(|| fingerprint.chars().take(16).collect());
    let old: HashMap<&str, _> = then.certificates.iter().map(|one| (one.fingerprint_sha256.as_str(), one)).collect();
    let mut difference = SnapshotDifference::default();
    let mut seen = HashSet::new();
    for one in &now.certificates {
        let shown = name(&one.nickname, &one.fingerprint_sha256);
        let Some(before) = old.get(one.fingerprint_sha256.as_str()) else {
            difference.certificates_added_since.push(shown);
            continue;
        };
        seen.insert(one.fingerprint_sha256.as_str());
        let (was, is) = (before.trust.with_user(false).to_string(), one.trust.with_user(false).to_string());
        if was != is {
            difference.trust_changed_since.push(TrustDifference { nickname: shown.clone(), snapshot: was, now: is });
        }
        if before.nickname != one.nickname {
            let snapshot = name(&before.nickname, &before.fingerprint_sha256);
            difference.renamed_since.push(NicknameDifference { snapshot, now: shown });
        }
    }
    let removed = then.certificates.iter().filter(|one| !seen.contains(one.fingerprint_sha256.as_str()));
    difference.certificates_removed_since = removed.map(|one| name(&one.nickname, &one.fingerprint_sha256)).collect();
    let keys = |listing: &Listing| -> HashSet<String> { listing.keys.iter().map(|key| key.id.clone()).collect() };
    let (old_keys, new_keys) = (keys(then), keys(now));
    difference.keys_added_since = new_keys.difference(&old_keys).count();
    difference.keys_removed_since = old_keys.difference(&new_keys).count();
    difference
}
