//! Making and revoking API tokens.

use certdeck_shared::api::account::{ApiToken, CreatedApiToken, NewApiToken, Scope};
use certdeck_shared::glass::Action;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{Access, AccountError, Accounts, Credential, LOCAL_ADMINISTRATOR, sha256};
use crate::domain::command_lines::of_console;
use crate::host::randomness;
use crate::state::AuditDraft;

/// Every secret begins so, which scanners for leaked secrets can look for.
const PREFIX: &str = "cdk_";

/// Who makes a token, and what it may have at most.
pub struct Caller {
    actor: String,
    account: String,
    scope: Scope,
    /// A token cannot make one that lives longer than itself.
    ends_at: Option<OffsetDateTime>,
}

impl Caller {
    /// Somebody over REST.
    #[must_use]
    pub fn of(access: &Access) -> Self {
        let ends_at = access.expires_at.filter(|_| matches!(access.credential, Credential::ApiToken(_)));
        Self { actor: access.actor.clone(), account: access.account.clone(), scope: access.scope, ends_at }
    }

    /// Whoever may run the program as the owner of the data directory.
    #[must_use]
    pub fn local_administrator() -> Self {
        Self { actor: LOCAL_ADMINISTRATOR.to_owned(), account: LOCAL_ADMINISTRATOR.to_owned(), scope: Scope::Admin, ends_at: None }
    }
}

impl Accounts {
    /// All API tokens, the newest first.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, AccountError> {
        Ok(self.store.api_tokens().list().await?)
    }

    /// Makes one; the answer alone holds the secret.
    pub async fn create_api_token(&self, caller: &Caller, new: NewApiToken) -> Result<CreatedApiToken, AccountError> {
        let draft = AuditDraft::success(&caller.actor, "api-token.create")
            .subject(new.label.chars().take(100).collect::<String>())
            .after(json!({"scope": new.scope, "expires_in_days": new.expires_in_days}))
            .standing_for(of_console(&Action::CreateApiToken { body: new.clone() }));
        let outcome = self.try_create_api_token(caller, new, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_create_api_token(&self, caller: &Caller, new: NewApiToken, draft: AuditDraft) -> Result<CreatedApiToken, AccountError> {
        let length = new.label.chars().count();
        if length == 0 || length > 100 || new.label.chars().any(char::is_control) || new.label.trim() != new.label {
            let message = format!("has {length} characters; 1 to 100 are allowed, no control characters, no space at an end");
            return Err(AccountError::Invalid { pointer: "/label", message });
        }
        if let Some(days) = new.expires_in_days.filter(|days| !(1..=3650).contains(days)) {
            let message = format!("is {days}; 1 to 3650 days are allowed, or none for no end");
            return Err(AccountError::Invalid { pointer: "/expires_in_days", message });
        }
        if new.scope > caller.scope {
            return Err(AccountError::ScopeInsufficient("a token cannot have a wider scope than who makes it"));
        }
        let created_at = self.store.clock().now();
        let expires_at = new.expires_in_days.map(|days| created_at + Duration::days(days.into()));
        if caller.ends_at.is_some_and(|end| expires_at.is_none_or(|wanted| wanted > end)) {
            return Err(AccountError::ScopeInsufficient("a token cannot make one that lives longer than itself"));
        }
        let secret = format!("{PREFIX}{}", randomness::secret_text().as_str());
        let token = ApiToken {
            id: randomness::identifier(),
            label: new.label,
            scope: new.scope,
            created_by: caller.account.clone(),
            created_at,
            expires_at,
            last_used_at: None,
        };
        self.store.api_tokens().insert(token.clone(), sha256(&secret), draft).await?;
        Ok(CreatedApiToken { token, secret })
    }

    /// Revokes one.
    pub async fn revoke_api_token(&self, caller: &Caller, id: &str) -> Result<(), AccountError> {
        let none = || AccountError::NotFound("API token");
        let token = self.store.api_tokens().by_id(id).await?.ok_or_else(none)?;
        let before = json!({"scope": token.scope, "expires_at": token.expires_at.map(OffsetDateTime::unix_timestamp)});
        let draft = AuditDraft::success(&caller.actor, "api-token.revoke").subject(token.label).before(before);
        let draft = draft.standing_for(of_console(&Action::RevokeApiToken { id: id.to_owned() }));
        if self.store.api_tokens().remove(id, draft).await? { Ok(()) } else { Err(none()) }
    }
}
