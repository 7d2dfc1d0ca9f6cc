//! What every operation on a database has at hand, and what every one leaves behind: snapshot, audit entry, event.

use std::sync::{Arc, PoisonError};

use certdeck_shared::api::event::Event;
use certdeck_shared::glass::CommandLines;
use serde_json::Value;

use super::error::OperationError;
use super::open::{OpenDatabase, blocking};
use crate::domain::approvals::Gate;
use crate::domain::console::Environment;
use crate::nss::listing::{Listing, ListingError};
use crate::nss::snapshots::SnapshotError;
use crate::state::AuditDraft;

/// Somebody does something with a database.
#[derive(Clone)]
pub struct Operation {
    /// What the console shares.
    pub environment: Environment,
    /// The database.
    pub database: Arc<OpenDatabase>,
    /// Who does it.
    pub actor: String,
    /// The command lines that it stands for, for the audit log.
    pub command_lines: Option<CommandLines>,
    /// Who is asked before chains break.
    pub asking: Asking,
}

/// Who is asked before something is done that others rest on; nobody for what the console does by itself.
#[derive(Clone, Default)]
pub struct Asking {
    /// What whoever does it has to do first, who did not prove lately who they are; nothing for everybody else.
    pub unconfirmed: Option<&'static str>,
    /// Where a second person has to approve it.
    pub gate: Option<Arc<Gate>>,
}

/// What an operation did, for the audit log.
#[derive(Debug, Clone, Default)]
pub struct Done<T> {
    /// The answer.
    pub answer: T,
    /// What was so before.
    pub before: Option<Value>,
    /// What is so after.
    pub after: Option<Value>,
}

impl Operation {
    /// Somebody begins to do something with a database.
    #[must_use]
    pub fn new(environment: Environment, database: Arc<OpenDatabase>, actor: &str) -> Self {
        Self { environment, database, actor: actor.to_owned(), command_lines: None, asking: Asking::default() }
    }

    /// The same, done by somebody who has to be asked again before chains break.
    #[must_use]
    pub fn asking_again(self, asking: Asking) -> Self {
        Self { asking, ..self }
    }

    /// Takes the snapshot that precedes a write, and names it.
    ///
    /// # Errors
    /// When it cannot be taken; then there must be no write either.
    pub async fn snapshot(&self, reason: &str) -> Result<Option<String>, OperationError> {
        match self.take_snapshot(reason).await {
            Err(OperationError::Snapshot(SnapshotError::Source(ListingError::NeedsRepair))) => {
                self.database.token.status().await?;
                self.take_snapshot(reason).await
            }
            other => other,
        }
    }

    async fn take_snapshot(&self, reason: &str) -> Result<Option<String>, OperationError> {
        let (store, location) = (self.database.snapshots.clone(), self.database.location.clone());
        let (actor, reason, now) = (self.actor.clone(), reason.to_owned(), self.environment.clock.now());
        let revision = self.database.revision()?;
        self.database.own_writes.begin(&revision);
        let manifest = blocking(move || store.take(location, &actor, &reason, &revision, now)).await??;
        Ok(Some(manifest.id))
    }

    /// Tells everyone that the database changed and returns its revision.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn changed(&self) -> Result<String, OperationError> {
        let revision = self.database.revision()?;
        self.database.own_writes.end(&revision);
        *self.database.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(revision.clone());
        self.environment.events.publish(Event::DatabaseChanged { database: self.database.id.clone(), revision: revision.clone() });
        Ok(revision)
    }

    /// The listing, when the caller's `If-Match` (a list of entity tags) names its revision or one of `also`.
    ///
    /// # Errors
    /// `RevisionMismatch`.
    pub async fn listing_if(
        &self,
        if_match: Option<&str>,
        also: impl Fn(&Listing) -> Option<String>,
    ) -> Result<Arc<Listing>, OperationError> {
        let listing = self.database.listing().await?;
        let Some(wanted) = if_match else { return Ok(listing) };
        let also = also(&listing);
        let good = wanted
            .split(',')
            .map(|tag| tag.trim().trim_matches('"'))
            .any(|tag| tag == "*" || tag == listing.revision || Some(tag) == also.as_deref());
        if good {
            Ok(listing)
        } else {
            Err(OperationError::RevisionMismatch("It changed since it was read. Read it again, then decide anew.".to_owned()))
        }
    }

    /// Records how it ended and hands the answer on.
    ///
    /// # Errors
    /// Those of `result`.
    pub async fn conclude<T>(
        &self,
        action: &str,
        subject: Option<&str>,
        result: Result<Done<T>, OperationError>,
    ) -> Result<T, OperationError> {
        let mut draft = match &result {
            Ok(_) => AuditDraft::success(&self.actor, action),
            Err(error) => AuditDraft::refused(&self.actor, action, error.problem().code),
        };
        draft.database = Some(self.database.id.clone());
        draft.subject = subject.map(|subject| subject.chars().take(200).collect());
        let answer = result.map(|done| {
            draft.before = done.before;
            draft.after = done.after;
            draft.command_lines.clone_from(&self.command_lines);
            done.answer
        });
        record(&self.environment, draft).await;
        answer
    }
}

/// Records what was done. The deed stands even when the log cannot be written; the server's own log then says so.
pub(crate) async fn record(environment: &Environment, draft: AuditDraft) {
    let action = draft.action.clone();
    if let Err(error) = environment.store.audit().record(draft).await {
        tracing::error!(%error, audit.action = action, "an audit entry could not be written");
    }
}
