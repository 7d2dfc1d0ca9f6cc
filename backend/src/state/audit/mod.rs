//! The audit log: rows are added and never changed, and chained so that it shows where they were.

mod chain;
mod copied;
mod draft;
mod filter;
mod origin;
#[cfg(test)]
mod tests;
mod verification;

use certdeck_shared::api::activity::{AuditEntry, AuditHead, AuditPage};
use rusqlite::{Row, params};

use super::{StateError, Store, from_column};
use chain::Link;
pub(super) use chain::adopt;
pub use draft::AuditDraft;
pub use filter::AuditFilter;
pub use origin::{Origin, carried};
pub use verification::{verify_export, verify_state};

/// Entries of one portion of an export.
const PORTION: u32 = 500;

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
        self.0.read(|state| Ok(chain::head(state)?.unwrap_or_else(chain::no_head))).await
    }

    /// At most `limit` of the wanted entries, newest first.
    pub async fn page(&self, wanted: AuditFilter, limit: u32) -> Result<AuditPage, StateError> {
        self.0
            .read(move |state| {
                let mut entries = wanted.newest(state, limit.saturating_add(1))?;
                let more = entries.len() > limit as usize;
                entries.truncate(limit as usize);
                let next_before = entries.last().filter(|_| more).map(|entry| entry.id);
                Ok(AuditPage { entries, next_before })
            })
            .await
    }

    /// The lines of an export behind the entry `after`, oldest first, and the last of these entries; none when there are no more.
    pub async fn export(&self, after: i64) -> Result<(String, Option<i64>), StateError> {
        self.0
            .read(move |state| {
                let mut lines = String::new();
                let (mut count, mut last) = (0, None);
                let mut statement = state.prepare_cached("SELECT * FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2")?;
                let mut rows = statement.query(params![after, PORTION])?;
                while let Some(row) = rows.next()? {
                    let link = Link::read(row)?;
                    lines.push_str(&link.line(&row.get::<_, String>("hash")?)?);
                    (count, last) = (count + 1, Some(link.id));
                }
                Ok((lines, last.filter(|_| count == PORTION)))
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
