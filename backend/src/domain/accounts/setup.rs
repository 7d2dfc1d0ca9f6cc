//! The first run: a one-time token, printed at start, makes the first account.

use certdeck_shared::api::role::{Grants, Role};
use serde_json::json;
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::sessions::Factors;
use super::{AccountError, Accounts, NewSession, sha256};
use crate::host::randomness;
use crate::state::{AuditDraft, Visitor};

/// How long the token is good.
const GOOD_FOR: Duration = Duration::minutes(15);

/// The token of this start; only its hash is kept, and only in memory.
pub(super) struct SetupToken {
    sha256: [u8; 32],
    expires_at: OffsetDateTime,
}

impl Accounts {
    /// Whether there is no account yet.
    pub async fn setup_required(&self) -> Result<bool, AccountError> {
        Ok(self.store.users().count().await? == 0)
    }

    /// When the token of this start stops to be good.
    #[must_use]
    pub fn setup_expires_at(&self) -> Option<OffsetDateTime> {
        self.setup_token().as_ref().map(|token| token.expires_at)
    }

    /// Makes the token of this start, for printing; none when there is an account.
    pub async fn begin_setup(&self) -> Result<Option<Zeroizing<String>>, AccountError> {
        if !self.setup_required().await? {
            return Ok(None);
        }
        let token = randomness::secret_text();
        let expires_at = self.store.clock().now() + GOOD_FOR;
        *self.setup_token() = Some(SetupToken { sha256: sha256(&token), expires_at });
        Ok(Some(token))
    }

    /// Makes the first account, an administrator, and signs it in. The token is good once.
    pub async fn set_up(
        &self,
        token: &str,
        user_name: &str,
        password: Zeroizing<String>,
        visitor: &Visitor,
    ) -> Result<NewSession, AccountError> {
        let outcome = self.try_set_up(token, user_name, password, visitor).await;
        self.record_refusal(AuditDraft::success("console", "console.setup"), outcome).await
    }

    async fn try_set_up(
        &self,
        token: &str,
        user_name: &str,
        password: Zeroizing<String>,
        visitor: &Visitor,
    ) -> Result<NewSession, AccountError> {
        if !self.setup_required().await? {
            return Err(AccountError::SetupDone);
        }
        let now = self.store.clock().now();
        let good = self.setup_token().as_ref().is_some_and(|kept| bool::from(kept.sha256.ct_eq(&sha256(token))) && now < kept.expires_at);
        if !good {
            return Err(AccountError::SetupTokenIncorrect);
        }
        let grants = Grants::everywhere(Role::Administrator);
        let record = self.new_record(user_name, password, grants.clone()).await?;
        let secret = randomness::secret_text();
        let draft = AuditDraft::success(user_name, "console.setup").after(json!({"user_name": user_name, "grants": grants}));
        if !self.store.users().insert_first(record, sha256(&secret), visitor, draft).await? {
            return Err(AccountError::SetupDone);
        }
        *self.setup_token() = None;
        Ok(self.new_session(secret, user_name.to_owned(), grants, Factors::default()))
    }

    fn setup_token(&self) -> std::sync::MutexGuard<'_, Option<SetupToken>> {
        self.setup.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
