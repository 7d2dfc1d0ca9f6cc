//! What an upgrade finds is kept: a schema does not go back, and an older Certdeck refuses a newer one's.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{StateError, copied};
use crate::host::files;

/// How many kept states there are at most: those of the upgrades that were last.
const KEPT: usize = 3;
const BEGINNING: &str = "state-schema-";
const ENDING: &str = ".sqlite";

/// Copies the state as it is before it is upgraded from this schema, beside it as `state-schema-9.sqlite` (0600): whole, with what still lies
/// in its log, or not at all.
///
/// # Errors
/// [`StateError::NotKept`]; nothing has changed then.
pub(super) fn keep(connection: &Connection, path: &Path, schema: i64) -> Result<(), StateError> {
    let place = path.with_file_name(format!("{BEGINNING}{schema}{ENDING}"));
    let temporary = files::temporary_beside(&place);
    let written = copied::write(connection, &temporary).and_then(|()| Ok(files::rename(&temporary, &place)?));
    if let Err(error) = written {
        let _ = files::remove(&temporary);
        return Err(StateError::NotKept { path: place, source: Box::new(error) });
    }
    tracing::info!(schema, kept = %place.display(), "the state is upgraded; what it was before is kept");
    prune(path);
    Ok(())
}

/// Removes the oldest; what cannot be removed stays, and does not stop the upgrade.
fn prune(path: &Path) {
    let mut kept = list(path);
    kept.sort_unstable_by_key(|(schema, _)| std::cmp::Reverse(*schema));
    for (_, old) in kept.iter().skip(KEPT) {
        if let Err(error) = files::remove(old) {
            tracing::warn!(%error, "an old kept state could not be removed");
        }
    }
}

fn list(path: &Path) -> Vec<(i64, PathBuf)> {
    let Some(entries) = path.parent().and_then(|directory| std::fs::read_dir(directory).ok()) else { return Vec::new() };
    let schema = |name: &str| name.strip_prefix(BEGINNING)?.strip_suffix(ENDING)?.parse().ok();
    entries.filter_map(Result::ok).filter_map(|entry| Some((schema(entry.file_name().to_str()?)?, entry.path()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Clock;
    use crate::state::{AuditDraft, AuditFilter, Store};

    #[tokio::test]
    async fn a_state_is_copied_with_what_lies_in_its_log_and_only_the_last_are_kept() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("state.sqlite");
        let store = Store::open(&path, Clock::system()).unwrap();
        store.audit().record(AuditDraft::success("ada", "user.create")).await.unwrap();
        assert!(files::attributes(&room.path().join("state.sqlite-wal")).unwrap().length > 0, "not in the file itself yet");
        let connection = Connection::open(&path).unwrap();
        for schema in [7, 8, 10, 9] {
            keep(&connection, &path, schema).unwrap();
        }
        let mut names: Vec<_> =
            std::fs::read_dir(room.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with("state.sqlite"));
        names.sort_unstable();
        assert_eq!(names, ["state-schema-10.sqlite", "state-schema-8.sqlite", "state-schema-9.sqlite"], "one file each");
        let kept = room.path().join("state-schema-9.sqlite");
        assert_eq!(files::attributes(&kept).unwrap().mode, 0o600);
        let again = Store::open(&kept, Clock::system()).unwrap();
        assert_eq!(again.audit().page(AuditFilter::default(), 10).await.unwrap().entries.len(), 1);
    }
}
