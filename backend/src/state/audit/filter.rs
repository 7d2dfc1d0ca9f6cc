//! Which entries are wanted.

use certdeck_shared::api::activity::AuditEntry;
use rusqlite::Connection;
use rusqlite::types::Value;
use time::OffsetDateTime;

use super::StateError;
use crate::state::to_column;

/// Which entries are wanted; absent fields do not matter.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Older than the entry with this id.
    pub before: Option<i64>,
    /// Of this database.
    pub database: Option<String>,
    /// About the service with this configuration.
    pub service: Option<String>,
    /// Of this actor.
    pub actor: Option<String>,
    /// Whose action begins so.
    pub action: Option<String>,
    /// `success`, `refused` for all that failed or was refused, or the code of a problem.
    pub outcome: Option<String>,
    /// In which every one of these words stands somewhere; capitals do not matter.
    pub text: Option<String>,
    /// Not before this moment.
    pub from: Option<OffsetDateTime>,
    /// Before this moment.
    pub until: Option<OffsetDateTime>,
}

/// Everything of an entry that is searched; SQLite lowers ASCII alone.
const ALL: &str = "lower(actor || ' ' || action || ' ' || outcome || ' ' || coalesce(credential, '') || ' ' || coalesce(peer, '') || ' ' || \
    coalesce(request_id, '') || ' ' || coalesce(database, '') || ' ' || coalesce(subject, '') || ' ' || coalesce(before, '') || ' ' || \
    coalesce(after, '') || ' ' || coalesce(command_lines, ''))";

impl AuditFilter {
    /// At most `limit` of the wanted entries, newest first.
    pub(super) fn newest(&self, state: &Connection, limit: u32) -> Result<Vec<AuditEntry>, StateError> {
        let mut conditions = vec!["id < ?".to_owned()];
        let mut values: Vec<Value> = vec![self.before.unwrap_or(i64::MAX).into()];
        let words = self
            .text
            .as_deref()
            .unwrap_or_default()
            .split_whitespace()
            .map(|word| (format!("instr({ALL}, ?) > 0"), word.to_ascii_lowercase()));
        let named = [
            ("database = ?", &self.database),
            // Plans and deployments name several.
            ("instr(', ' || subject || ', ', ', ' || ? || ', ') > 0", &self.service),
            ("actor = ?", &self.actor),
        ];
        let named = named.into_iter().filter_map(|(condition, value)| Some((condition.to_owned(), value.clone()?)));
        for (condition, value) in named.chain(words) {
            conditions.push(condition);
            values.push(value.into());
        }
        if let Some(action) = &self.action {
            conditions.push("substr(action, 1, length(?)) = ?".to_owned());
            values.extend([action.clone().into(), action.clone().into()]);
        }
        match self.outcome.as_deref() {
            Some("refused") => conditions.push("outcome <> 'success'".to_owned()),
            Some(outcome) => {
                conditions.push("outcome = ?".to_owned());
                values.push(outcome.to_owned().into());
            }
            None => {}
        }
        for (condition, moment) in [("at >= ?", self.from), ("at < ?", self.until)] {
            if let Some(moment) = moment {
                conditions.push(condition.to_owned());
                values.push(to_column(moment).into());
            }
        }
        values.push(i64::from(limit).into());
        let mut statement =
            state.prepare_cached(&format!("SELECT * FROM audit WHERE {} ORDER BY id DESC LIMIT ?", conditions.join(" AND ")))?;
        statement.query_and_then(rusqlite::params_from_iter(values), super::read)?.collect()
    }
}
