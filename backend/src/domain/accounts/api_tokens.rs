//! Making and revoking API tokens.

use certdeck_shared::api::account::{ApiToken, CreatedApiToken, NewApiToken};
use certdeck_shared::glass::Action;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{AccountError, Accounts, Actor, sha256};
use crate::domain::command_lines::of_console;
use crate::host::randomness;
use crate::state::AuditDraft;

/// Every secret begins so, which scanners for leaked secrets can look for.
const PREFIX: &str = "cdk_";

impl Accounts {
    /// All API tokens, the newest first.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, AccountError> {
        Ok(self.store.api_tokens().list().await?)
    }

    /// Makes one; the answer alone holds the secret.
    pub async fn create_api_token(&self, actor: &Actor<'_>, new: NewApiToken) -> Result<CreatedApiToken, AccountError> {
        let draft = AuditDraft::success(actor.name(), "api-token.create")
            .subject(new.label.chars().take(100).collect::<String>())
            .after(json!({"grants": new.grants, "expires_in_days": new.expires_in_days}))
            .standing_for(of_console(&Action::CreateApiToken { body: new.clone() }));
        let outcome = self.try_create_api_token(actor, new, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_create_api_token(&self, actor: &Actor<'_>, new: NewApiToken, draft: AuditDraft) -> Result<CreatedApiToken, AccountError> {
        let length = new.label.chars().count();
        if length == 0 || length > 100 || new.label.chars().any(char::is_control) || new.label.trim() != new.label {
            let message = format!("has {length} characters; 1 to 100 are allowed, no control characters, no space at an end");
            return Err(AccountError::Invalid { pointer: "/label", message });
        }
        if let Some(days) = new.expires_in_days.filter(|days| !(1..=3650).contains(days)) {
            let message = format!("is {days}; 1 to 3650 days are allowed, or none for no end");
            return Err(AccountError::Invalid { pointer: "/expires_in_days", message });
        }
        self.check_grants(actor, &new.grants).await?;
        let created_at = self.store.clock().now();
        let expires_at = new.expires_in_days.map(|days| created_at + Duration::days(days.into()));
        if actor.ends_at().is_some_and(|end| expires_at.is_none_or(|wanted| wanted > end)) {
            return Err(AccountError::ScopeInsufficient("a token cannot make one that lives longer than itself".to_owned()));
        }
        let secret = format!("{PREFIX}{}", randomness::secret_text().as_str());
        let token = ApiToken {
            id: randomness::identifier(),
            label: new.label,
            grants: new.grants,
            created_by: actor.account().to_owned(),
            created_at,
            expires_at,
            last_used_at: None,
        };
        self.store.api_tokens().insert(token.clone(), sha256(&secret), draft).await?;
        Ok(CreatedApiToken { token, secret })
    }

    /// Revokes one.
    pub async fn revoke_api_token(&self, actor: &Actor<'_>, id: &str) -> Result<(), AccountError> {
        let none = || AccountError::NotFound("API token");
        let token = self.store.api_tokens().by_id(id).await?.ok_or_else(none)?.token;
        let before = json!({"grants": token.grants, "expires_at": token.expires_at.map(OffsetDateTime::unix_timestamp)});
        let draft = AuditDraft::success(actor.name(), "api-token.revoke").subject(token.label).before(before);
        let draft = draft.standing_for(of_console(&Action::RevokeApiToken { id: id.to_owned() }));
        if self.store.api_tokens().remove(id, draft).await? { Ok(()) } else { Err(none()) }
    }
}
