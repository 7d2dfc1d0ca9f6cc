//! A state that was carried to another place.

use rusqlite::params;

use super::{AuditDraft, StateError, Store};

impl Store {
    /// Notes that the data directory is elsewhere now, and what lies in it with it; ends all sessions, and records why in the same transaction.
    ///
    /// # Errors
    /// When the state cannot be written; nothing has changed then.
    pub async fn settle_in(&self, from: &str, to: &str, why: AuditDraft) -> Result<(), StateError> {
        let (from, to, now) = (from.to_owned(), to.to_owned(), self.clock.now());
        self.call(move |state| {
            for sql in [
                "UPDATE databases SET path = ?2 || substr(path, length(?1) + 1) WHERE path = ?1 OR substr(path, 1, length(?1) + 1) = ?1 || '/'",
                "UPDATE services SET config = ?2 || substr(config, length(?1) + 1) WHERE substr(config, 1, length(?1) + 1) = ?1 || '/'",
            ] {
                state.execute(sql, params![from, to])?;
            }
            state.execute("DELETE FROM sessions", [])?;
            why.write(state, now)?;
            Ok(())
        })
        .await
    }
}
