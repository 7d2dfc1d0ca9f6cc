//! The change of the password of a token of another module, together with the lines of password files that hold it: all of it, or nothing.

use certdeck_shared::api::event::Event;
use certdeck_shared::api::module::Token;
use certdeck_shared::api::password::{TokenPasswordChange, TokenPasswordChanged};
use serde_json::json;

use super::super::error::OperationError;
use super::super::login::INTERNAL;
use super::super::open::blocking;
use super::super::operation::{Done, Operation};
use super::change::carry_out;
use super::files;
use crate::nss::password_journal::{PendingToken, Replacement};
use crate::token::{Secret, TokenError};

impl Operation {
    /// Changes the password of a token of another module, and every line beside the database that holds it.
    ///
    /// # Errors
    /// `PinIncorrect`, which the token counts; `PinLocked` and `PinFinalTry` before it is tried; `PasswordChangeUnfinished`.
    pub async fn change_token_password(&self, token: &str, change: TokenPasswordChange) -> Result<TokenPasswordChanged, OperationError> {
        let result = self.change_token_password_in_turn(token, change).await;
        let answer = self.conclude("token.password", Some(token), result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(answer)
    }

    async fn change_token_password_in_turn(
        &self,
        id: &str,
        change: TokenPasswordChange,
    ) -> Result<Done<TokenPasswordChanged>, OperationError> {
        let _turn = self.database.turn().await?;
        let (current, new) = (Secret::from(change.current_password), Secret::from(change.new_password));
        if id == INTERNAL {
            return Err(OperationError::invalid("", "The password of the internal token is that of the database: PUT …/password."));
        }
        if new.is_empty() || new.reveal().chars().any(char::is_control) {
            return Err(OperationError::invalid("/new_password", "A password without control characters is needed."));
        }
        if current.reveal() == new.reveal() {
            return Err(OperationError::invalid("/new_password", "The new password is the old one."));
        }
        self.settle_password_change().await?;
        let (token, handle) = self.token_with_tries(id).await?;
        if token.protected_authentication_path {
            return Err(OperationError::invalid(
                "/current_password",
                "The PIN of this token is typed on its device, which the console cannot reach.",
            ));
        }
        let module = self.module_token(&token).await?;
        let pending = PendingToken { id: token.id.clone(), label: token.label.clone(), module: token.module.clone() };
        let directory = self.database.path.clone();
        let candidates = blocking(move || files::beside(&directory)).await?;
        let replacements: Vec<Replacement> =
            candidates.iter().filter_map(|candidate| candidate.replacement_for(&pending, current.reveal(), new.reveal())).collect();
        let changed_files: Vec<String> = replacements.iter().map(|one| one.path.display().to_string()).collect();
        let changed = carry_out(&handle, Some(pending), self.database.snapshots.directory(), replacements, &current, &new, |_| true).await;
        // The present password is proved by the one login of the token: a wrong one ends it.
        let refused = matches!(changed, Err(OperationError::Token(TokenError::PinIncorrect | TokenError::PinLocked)));
        self.database.modules.set_unlocked(&module, !refused && handle.status().await.is_ok_and(|status| status.unlocked));
        changed?;
        let after = json!({"token": token.label, "changed_files": changed_files});
        Ok(Done { answer: TokenPasswordChanged { changed_files }, before: None, after: Some(after) })
    }

    /// Tries a password of a token, which unlocks it.
    ///
    /// # Errors
    /// `PinIncorrect`; `PinLocked` and `PinFinalTry` before it is tried.
    pub(super) async fn prove_to_token(&self, id: &str, password: &Secret) -> Result<Token, OperationError> {
        let (token, handle) = self.token_with_tries(id).await?;
        let module = self.module_token(&token).await?;
        let proved = handle.login(password).await;
        self.database.modules.set_unlocked(&module, proved.is_ok());
        proved?;
        Ok(token)
    }
}
