//! The audit log: rows are added and never changed, and chained so that it shows where they were.

mod chain;
mod draft;
#[cfg(test)]
mod tests;
mod verification;

use certdeck_shared::api::activity::{AuditEntry, AuditHead, AuditPage};
use rusqlite::{Row, params};

use super::{StateError, Store, from_column};
pub(super) use chain::adopt;
pub use draft::AuditDraft;
pub use verification::{verify_export, verify_state};

/// Which entries are wanted; absent fields do not matter.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Older than the entry with this id.
    pub before: Option<i64>,
    /// Of this database.
    pub database: Option<String>,
    /// Of this actor.
    pub actor: Option<String>,
    /// Whose action begins so.
    pub action: Option<String>,
}

/// The audit log.
pub struct Audit<'a>(pub(super) &'a Store);

impl Audit<'_> {
    /// Records an entry, stamped now, and gives its id.
    pub async fn record(&self, draft: AuditDraft) -> Result<i64, StateError> {
        let now = self.0.clock().now();
        self.0.call(move |state| draft.write(state, now)).await
    }

    /// The last entry and its digest, as the console keeps them.
    pub async fn head(&self) -> Result<AuditHead, StateError> {
        self.0.call(|state| Ok(chain::head(state)?.unwrap_or_else(chain::no_head))).await
    }

    /// At most `limit` of the wanted entries, newest first.
    pub async fn page(&self, wanted: AuditFilter, limit: u32) -> Result<AuditPage, StateError> {
        self.0
            .call(move |state| {
                let mut statement = state.prepare_cached(
                    "SELECT * FROM audit WHERE id < ?1 AND (?2 IS NULL OR database = ?2) AND (?3 IS NULL OR actor = ?3) \
                     AND (?4 IS NULL OR substr(action, 1, length(?4)) = ?4) ORDER BY id DESC LIMIT ?5",
                )?;
                let before = wanted.before.unwrap_or(i64::MAX);
                let values = params![before, wanted.database, wanted.actor, wanted.action, i64::from(limit) + 1];
                let mut entries = statement.query_and_then(values, read)?.collect::<Result<Vec<_>, StateError>>()?;
                let more = entries.len() > limit as usize;
                entries.truncate(limit as usize);
                let next_before = entries.last().filter(|_| more).map(|entry| entry.id);
                Ok(AuditPage { entries, next_before })
            })
            .await
    }
}

fn read(row: &Row<'_>) -> Result<AuditEntry, StateError> {
    let value = |column: &str| -> Result<Option<serde_json::Value>, StateError> {
        let text: Option<String> = row.get(column)?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    };
    Ok(AuditEntry {
        id: row.get("id")?,
        at: from_column(row.get("at")?),
        actor: row.get("actor")?,
        credential: row.get("credential")?,
        peer: row.get("peer")?,
        request_id: row.get("request_id")?,
        action: row.get("action")?,
        database: row.get("database")?,
        subject: row.get("subject")?,
        outcome: row.get("outcome")?,
        before: value("before")?,
        after: value("after")?,
        command_lines: value("command_lines")?.map(serde_json::from_value).transpose()?,
        previous: row.get("previous")?,
        hash: row.get("hash")?,
    })
}
