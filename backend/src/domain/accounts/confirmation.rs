//! What does harm when it is done by somebody at another's desk asks again who one is: the password was given within the last minutes, or it
//! is given now (`POST /session/confirmation`) and the call repeated. Signing in counts as well.

use certdeck_shared::api::account::Confirmation;
use serde_json::json;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::passkeys::{Party, Purpose};
use super::second_factor::Asked;
use super::{Access, AccountError, Accounts, Credential, GivenFactor};
use crate::state::AuditDraft;

/// Whether somebody may do what asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A session whose holder proved who they are; until then.
    ConfirmedUntil(OffsetDateTime),
    /// An API token that was made for it.
    Unattended,
    /// Any other API token: nobody is there to be asked.
    CannotBeAsked,
}

impl Access {
    /// Refuses who did not prove lately who they are.
    ///
    /// # Errors
    /// `ConfirmationRequired`, with what to do.
    pub fn confirmed(&self, now: OffsetDateTime) -> Result<(), AccountError> {
        self.unconfirmed(now).map_or(Ok(()), |cure| Err(AccountError::ConfirmationRequired(cure)))
    }

    /// What somebody has to do who did not prove lately who they are; nothing for everybody else.
    #[must_use]
    pub fn unconfirmed(&self, now: OffsetDateTime) -> Option<&'static str> {
        match self.standing {
            Standing::ConfirmedUntil(end) if now >= end => {
                Some("confirm with your password, or with your second factor (POST /api/v1/session/confirmation), then repeat it")
            }
            Standing::ConfirmedUntil(_) | Standing::Unattended => None,
            Standing::CannotBeAsked => Some("of API tokens only one made with `unattended` can do it"),
        }
    }

    /// When they will be asked again; nothing when it would be now, and for API tokens.
    #[must_use]
    pub fn confirmed_until(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self.standing {
            Standing::ConfirmedUntil(end) => (now < end).then_some(end),
            Standing::Unattended | Standing::CannotBeAsked => None,
        }
    }
}

impl Accounts {
    /// Proves again who the holder of a session is, by the second factor where the account has one and by the password where it has none;
    /// answers until when that holds. Wrong ones count like those of signing in.
    pub async fn confirm(&self, access: &Access, confirmation: Confirmation, party: &Party) -> Result<OffsetDateTime, AccountError> {
        let draft = AuditDraft::success(&access.actor, "session.confirm").subject(&access.account);
        let outcome = self.try_confirm(access, confirmation, party, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_confirm(
        &self,
        access: &Access,
        given: Confirmation,
        party: &Party,
        draft: AuditDraft,
    ) -> Result<OffsetDateTime, AccountError> {
        let Credential::Session(hash) = access.credential else {
            return Err(AccountError::ScopeInsufficient("an API token has no password to confirm with".to_owned()));
        };
        let record = self.store.users().by_name(&access.account).await?.ok_or(AccountError::NotFound("account"))?;
        let attempt = self.attempt(&access.account, None)?;
        let factor = GivenFactor { one_time_code: given.one_time_code, recovery_code: given.recovery_code, passkey: given.passkey };
        let asked = Asked { purpose: Purpose::Confirmation(hash), party };
        let factor = self.check_factor(&access.account, &factor, asked).await?;
        if factor.is_none() {
            let missing =
                || AccountError::Invalid { pointer: "/password", message: "missing; the account has no second factor".to_owned() };
            let password = Zeroizing::new(given.password.ok_or_else(missing)?);
            self.check_password(password, Some(record.password_hash)).await.map_err(|error| match error {
                AccountError::CredentialsIncorrect => AccountError::PasswordIncorrect,
                other => other,
            })?;
        }
        self.right(&attempt);
        let draft = draft.after(json!({"by": factor.as_deref().unwrap_or("password")}));
        self.store.sessions().confirm(hash, draft).await?;
        Ok(self.store.clock().now() + self.confirmation)
    }
}
