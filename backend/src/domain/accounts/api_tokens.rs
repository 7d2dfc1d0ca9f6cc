//! Making, rotating and revoking API tokens.

use certdeck_shared::api::account::{ApiToken, ApiTokenRotation, CreatedApiToken, NewApiToken};
use certdeck_shared::api::role::{Right, Subject};
use certdeck_shared::glass::Action;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{AccountError, Accounts, Actor, Credential, sha256};
use crate::domain::command_lines::of_console;
use crate::host::randomness;
use crate::state::AuditDraft;

/// Every secret begins so, which scanners for leaked secrets can look for.
const PREFIX: &str = "cdk_";

/// Hours for which a secret may stay good beside the new one.
const LONGEST_OVERLAP: u16 = 720;

fn new_secret() -> String {
    format!("{PREFIX}{}", randomness::secret_text().as_str())
}

fn end_after(from: OffsetDateTime, days: Option<u16>, or: &str) -> Result<Option<OffsetDateTime>, AccountError> {
    if let Some(days) = days.filter(|days| !(1..=3650).contains(days)) {
        let message = format!("is {days}; 1 to 3650 days are allowed, {or}");
        return Err(AccountError::Invalid { pointer: "/expires_in_days", message });
    }
    Ok(days.map(|days| from + Duration::days(days.into())))
}

/// What a token makes ends no later than it does itself.
fn check_end(actor: &Actor<'_>, expires_at: Option<OffsetDateTime>) -> Result<(), AccountError> {
    if actor.ends_at().is_some_and(|end| expires_at.is_none_or(|wanted| wanted > end)) {
        return Err(AccountError::ScopeInsufficient("a token cannot make one that lives longer than itself".to_owned()));
    }
    Ok(())
}

impl Accounts {
    /// All API tokens, the newest first.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, AccountError> {
        Ok(self.store.api_tokens().list().await?)
    }

    /// Makes one; the answer alone holds the secret.
    pub async fn create_api_token(&self, actor: &Actor<'_>, new: NewApiToken) -> Result<CreatedApiToken, AccountError> {
        let draft = AuditDraft::success(actor.name(), "api-token.create")
            .subject(new.label.chars().take(100).collect::<String>())
            .after(json!({"grants": new.grants, "expires_in_days": new.expires_in_days, "unattended": new.unattended}))
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
        self.check_grants(actor, &new.grants).await?;
        let created_at = self.store.clock().now();
        let expires_at = end_after(created_at, new.expires_in_days, "or none for no end")?;
        check_end(actor, expires_at)?;
        let secret = new_secret();
        let token = ApiToken {
            id: randomness::identifier(),
            label: new.label,
            grants: new.grants,
            created_by: actor.account().to_owned(),
            created_at,
            expires_at,
            last_used_at: None,
            last_used_from: None,
            rotated_at: None,
            previous_good_until: None,
            previous_last_used_at: None,
            previous_last_used_from: None,
            unattended: new.unattended,
        };
        self.store.api_tokens().insert(token.clone(), sha256(&secret), draft).await?;
        Ok(CreatedApiToken { token, secret })
    }

    /// Gives one a new secret, which the answer alone holds; the present one stays good for a while, and one before that no longer.
    ///
    /// # Errors
    /// [`AccountError::ScopeInsufficient`] for who is neither an administrator nor the token itself; `ConfirmationRequired` for an administrator.
    pub async fn rotate_api_token(&self, actor: &Actor<'_>, id: &str, rotation: ApiTokenRotation) -> Result<CreatedApiToken, AccountError> {
        if let Actor::Caller(access) = actor
            && !matches!(&access.credential, Credential::ApiToken { id: own, .. } if own == id)
        {
            if !access.grants.may(Right::Administrate, Subject::Console) {
                return Err(AccountError::ScopeInsufficient("only an administrator rotates other tokens".to_owned()));
            }
            // The answer is as good as a token made anew, and does whatever that one may do unasked.
            access.confirmed(self.store.clock().now())?;
        }
        let token = self.store.api_tokens().by_id(id).await?.ok_or(AccountError::NotFound("API token"))?.token;
        let draft = AuditDraft::success(actor.name(), "api-token.rotate")
            .subject(&token.label)
            .before(json!({"expires_at": token.expires_at.map(OffsetDateTime::unix_timestamp)}))
            .after(json!({"overlap_hours": rotation.overlap_hours, "expires_in_days": rotation.expires_in_days}))
            .standing_for(of_console(&Action::RotateApiToken { id: id.to_owned(), body: rotation.clone() }));
        let outcome = self.try_rotate_api_token(actor, token, &rotation, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_rotate_api_token(
        &self,
        actor: &Actor<'_>,
        token: ApiToken,
        rotation: &ApiTokenRotation,
        draft: AuditDraft,
    ) -> Result<CreatedApiToken, AccountError> {
        let hours = rotation.overlap_hours;
        if hours > LONGEST_OVERLAP {
            let message = format!("is {hours}; 0 to {LONGEST_OVERLAP} hours are allowed");
            return Err(AccountError::Invalid { pointer: "/overlap_hours", message });
        }
        let now = self.store.clock().now();
        let expires_at = match rotation.expires_in_days {
            None => token.expires_at,
            days => end_after(now, days, "or none to keep the end that it has")?,
        };
        check_end(actor, expires_at)?;
        if expires_at.is_some_and(|end| end <= now) {
            let message = "absent, and the token has expired; say for how many days it is good".to_owned();
            return Err(AccountError::Invalid { pointer: "/expires_in_days", message });
        }
        let overlap_until = (hours > 0).then(|| now + Duration::hours(hours.into()));
        let secret = new_secret();
        let none = || AccountError::NotFound("API token");
        if !self.store.api_tokens().rotate(&token.id, sha256(&secret), overlap_until, expires_at, draft).await? {
            return Err(none());
        }
        let token = self.store.api_tokens().by_id(&token.id).await?.ok_or_else(none)?.token;
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
