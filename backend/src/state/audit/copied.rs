//! How far the log was copied to the log of the host.

use certdeck_shared::api::activity::AuditEntry;
use rusqlite::{OptionalExtension as _, Transaction};

use super::{Audit, PORTION, StateError, chain, read};

impl Audit<'_> {
    /// The oldest entries that were not copied yet. Asked for the first time, it begins behind the last one there is.
    pub async fn uncopied(&self) -> Result<Vec<AuditEntry>, StateError> {
        self.0
            .read(|state| {
                let copied: Option<i64> = state.query_row("SELECT entry FROM audit_copied", [], |row| row.get(0)).optional()?;
                let Some(copied) = copied else {
                    note(state, chain::head(state)?.map_or(0, |head| head.entry))?;
                    return Ok(Vec::new());
                };
                let mut statement = state.prepare_cached("SELECT * FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2")?;
                statement.query_and_then([copied, i64::from(PORTION)], read)?.collect()
            })
            .await
    }

    /// Notes that entries up to this one were copied.
    pub async fn note_copied(&self, entry: i64) -> Result<(), StateError> {
        self.0.call(move |state| note(state, entry)).await
    }
}

fn note(state: &Transaction<'_>, entry: i64) -> Result<(), StateError> {
    state.prepare_cached("INSERT OR REPLACE INTO audit_copied (one, entry) VALUES (1, ?1)")?.execute([entry])?;
    Ok(())
}
