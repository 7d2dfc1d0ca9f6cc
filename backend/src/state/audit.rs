//! The audit log: rows are added and never changed.

use certdeck_shared::api::activity::{AuditEntry, AuditPage};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::glass::CommandLines;
use rusqlite::{Row, Transaction, params};
use time::OffsetDateTime;

use super::{StateError, Store, from_column, to_column};

/// What is to be recorded. No secret goes in here.
#[derive(Debug, Clone, Default)]
pub struct AuditDraft {
    /// Who: a user name, `token:<label>`, `console`.
    pub actor: String,
    /// What, as stable dotted words.
    pub action: String,
    /// In which database.
    pub database: Option<String>,
    /// To what: a fingerprint, a key id, a user name.
    pub subject: Option<String>,
    /// `success`, or the code of the problem.
    pub outcome: String,
    /// What was so before.
    pub before: Option<serde_json::Value>,
    /// What is so after.
    pub after: Option<serde_json::Value>,
    /// The command lines that it stands for.
    pub command_lines: Option<CommandLines>,
}

impl AuditDraft {
    /// Something that was done.
    #[must_use]
    pub fn success(actor: impl Into<String>, action: impl Into<String>) -> Self {
        Self { actor: actor.into(), action: action.into(), outcome: "success".to_owned(), ..Self::default() }
    }

    /// Something that was refused or failed.
    #[must_use]
    pub fn refused(actor: impl Into<String>, action: impl Into<String>, code: ProblemCode) -> Self {
        Self { actor: actor.into(), action: action.into(), outcome: code.name().to_owned(), ..Self::default() }
    }

    /// In this database.
    #[must_use]
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// To this thing.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// It was so before.
    #[must_use]
    pub fn before(mut self, value: serde_json::Value) -> Self {
        self.before = Some(value);
        self
    }

    /// It is so after.
    #[must_use]
    pub fn after(mut self, value: serde_json::Value) -> Self {
        self.after = Some(value);
        self
    }

    /// The same as what these command lines do.
    #[must_use]
    pub fn standing_for(mut self, lines: CommandLines) -> Self {
        self.command_lines = Some(lines);
        self
    }

    /// Writes it in the transaction of what it tells of, so that there is never one without the other.
    pub(super) fn write(self, state: &Transaction<'_>, now: OffsetDateTime) -> Result<i64, StateError> {
        state.execute(
            "INSERT INTO audit (at, actor, action, database, subject, outcome, before, after, command_lines) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                to_column(now),
                self.actor,
                self.action,
                self.database,
                self.subject,
                self.outcome,
                self.before.map(|value| value.to_string()),
                self.after.map(|value| value.to_string()),
                self.command_lines.as_ref().map(serde_json::to_string).transpose()?
            ],
        )?;
        Ok(state.last_insert_rowid())
    }
}

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
        action: row.get("action")?,
        database: row.get("database")?,
        subject: row.get("subject")?,
        outcome: row.get("outcome")?,
        before: value("before")?,
        after: value("after")?,
        command_lines: value("command_lines")?.map(serde_json::from_value).transpose()?,
    })
}
