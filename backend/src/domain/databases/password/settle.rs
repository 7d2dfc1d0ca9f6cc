//! What becomes of a change of a password that was cut short: the database's or a token's. Only one is under way at a time, for one file may
//! hold both.

use std::path::Path;

use serde_json::json;

use super::super::error::OperationError;
use super::super::open::blocking;
use super::super::operation::{self, Operation};
use super::change::{Resumed, resume};
use crate::nss::password_journal as journal;
use crate::state::AuditDraft;

/// Whether the change that was cut short is one of a token's password.
pub(in super::super) fn is_of_token(markers: &Path) -> bool {
    matches!(journal::pending(markers), Ok(Some(pending)) if pending.token.is_some())
}

impl Operation {
    /// Completes it, or takes it back. The turn must be the caller's.
    ///
    /// # Errors
    /// `PasswordChangeUnfinished` when neither can be done now: the token is away, or takes only one more try.
    pub(in super::super) async fn settle_password_change(&self) -> Result<Option<Resumed>, OperationError> {
        let markers = self.database.snapshots.directory();
        let place = markers.to_owned();
        let pending = blocking(move || journal::pending(&place)).await??;
        let Some(pending) = pending.and_then(|pending| pending.token) else { return resume(&self.database.token, markers).await };
        let unfinished = |error: OperationError| {
            OperationError::PasswordChangeUnfinished(format!("the password of the token {}: {}", pending.label, error.problem().detail))
        };
        let (token, handle) = self.token_with_tries(&pending.id).await.map_err(unfinished)?;
        let module = self.module_token(&token).await.map_err(unfinished)?;
        let resumed = resume(&handle, markers).await;
        self.database.modules.set_unlocked(&module, false);
        resumed
    }

    /// The same when the console starts; recorded, and told to the log where it cannot be done.
    pub(in super::super) async fn settle_at_start(&self) {
        let id = &self.database.id;
        match self.settle_password_change().await {
            Ok(None) => {}
            Ok(Some(resumed)) => {
                let outcome = if resumed.completed { "completed" } else { "taken back" };
                tracing::warn!(database.id = id, outcome, "a change of the password that was cut short has been settled");
                let draft = AuditDraft::success(&self.actor, "database.password").database(id);
                operation::record(&self.environment, draft.after(json!({"settled_at_start": outcome, "files": resumed.files}))).await;
            }
            Err(error) => tracing::error!(database.id = id, %error, "a change of the password that was cut short could not be settled"),
        }
    }
}
