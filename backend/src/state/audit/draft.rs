//! What is to be recorded.

use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::glass::CommandLines;
use rusqlite::Transaction;
use time::OffsetDateTime;

use super::StateError;
use super::chain::{self, Link};
use super::origin::Origin;
use crate::state::to_column;

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
    /// By what, from where and in which call.
    pub origin: Origin,
}

impl AuditDraft {
    /// Something that was done.
    #[must_use]
    pub fn success(actor: impl Into<String>, action: impl Into<String>) -> Self {
        Self { actor: actor.into(), action: action.into(), outcome: "success".to_owned(), origin: Origin::present(), ..Self::default() }
    }

    /// Something that was refused or failed.
    #[must_use]
    pub fn refused(actor: impl Into<String>, action: impl Into<String>, code: ProblemCode) -> Self {
        Self { actor: actor.into(), action: action.into(), outcome: code.name().to_owned(), origin: Origin::present(), ..Self::default() }
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
    pub(in crate::state) fn write(self, state: &Transaction<'_>, now: OffsetDateTime) -> Result<i64, StateError> {
        let link = Link {
            at: to_column(now),
            actor: self.actor,
            credential: self.origin.credential.clone(),
            peer: self.origin.peer.map(|peer| peer.to_string()),
            request_id: self.origin.request_id.clone(),
            action: self.action,
            database: self.database,
            subject: self.subject,
            outcome: self.outcome,
            before: self.before.map(|value| value.to_string()),
            after: self.after.map(|value| value.to_string()),
            command_lines: self.command_lines.as_ref().map(serde_json::to_string).transpose()?,
            ..Link::default()
        };
        self.origin.note_recorded();
        chain::append(state, link)
    }
}
