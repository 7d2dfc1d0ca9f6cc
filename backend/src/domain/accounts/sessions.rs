//! Signing in and out, and what a cookie or a bearer token gives access to.

use std::net::IpAddr;

use certdeck_shared::api::account::Session;
use certdeck_shared::api::role::Grants;
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::backoff::{Attempts, Key};
use super::passwords::Trouble;
use super::{AccountError, Accounts, peer_group, sha256};
use crate::host::randomness;
use crate::state::{ApiTokenRecord, AuditDraft, SessionRecord, StateError};

/// The use of a session is noted at most this often: a page that polls does not write each time.
const NOTED_EVERY: Duration = Duration::seconds(15);

/// Whether a use was written down. Where it cannot be, as on a full disk, looking is not refused for that.
fn noted(outcome: Result<(), StateError>) -> bool {
    if let Err(error) = &outcome {
        tracing::warn!(error = error as &dyn std::error::Error, "the use of a session or token could not be noted");
    }
    outcome.is_ok()
}

/// A session that has just begun.
pub struct NewSession {
    /// The secret for the cookie.
    pub token: Zeroizing<String>,
    /// Who and until when.
    pub session: Session,
}

/// How somebody proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A cookie; the hash of its token.
    Session([u8; 32]),
    /// An API token; its identifier.
    ApiToken(String),
}

/// What somebody has access to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// User name, or `token:<label>`.
    pub actor: String,
    /// User name, or the label of the token.
    pub name: String,
    /// The account behind it.
    pub account: String,
    /// What they may do, and to what.
    pub grants: Grants,
    /// When it ends.
    pub expires_at: Option<OffsetDateTime>,
    /// How they proved it.
    pub credential: Credential,
}

impl Accounts {
    /// Signs in.
    pub async fn sign_in(&self, user_name: &str, password: Zeroizing<String>, peer: IpAddr) -> Result<NewSession, AccountError> {
        // What was typed as a name may be a password: only names that exist are recorded.
        let known = self.store.users().by_name(user_name).await?.map(|record| record.user.user_name);
        let draft = AuditDraft::success(known.as_deref().unwrap_or("console"), "session.begin");
        let draft = draft.subject(known.as_deref().unwrap_or("an unknown user name")).after(serde_json::json!({"peer": peer}));
        let outcome = self.try_sign_in(user_name, password, peer, draft.clone()).await;
        if let Err(error) = &outcome {
            tracing::warn!(user.known = known.is_some(), peer = %peer, code = error.code().name(), "sign-in refused");
        }
        self.record_refusal(draft, outcome).await
    }

    async fn try_sign_in(
        &self,
        user_name: &str,
        password: Zeroizing<String>,
        peer: IpAddr,
        draft: AuditDraft,
    ) -> Result<NewSession, AccountError> {
        let record = self.store.users().by_name(user_name).await?;
        let hash = record.as_ref().map(|record| record.password_hash.clone());
        self.check_password(user_name, password, hash, Some(peer)).await?;
        let user = record.ok_or(AccountError::CredentialsIncorrect)?.user;
        let token = randomness::secret_text();
        self.store.sessions().begin(sha256(&token), &user.user_name, draft).await?;
        Ok(self.new_session(token, user.user_name, user.grants))
    }

    /// Compares a password under the rule of waits.
    pub(super) async fn check_password(
        &self,
        user_name: &str,
        password: Zeroizing<String>,
        hash: Option<String>,
        peer: Option<IpAddr>,
    ) -> Result<(), AccountError> {
        let mut keys = vec![Key::user(user_name)];
        keys.extend(peer.map(|peer| Key::Peer(peer_group(peer))));
        {
            let mut attempts = self.attempts();
            let now = self.store.clock().now();
            if let Some(wait) = attempts.wait(&keys, now) {
                return Err(AccountError::TooManyAttempts { wait });
            }
            attempts.count(&keys, now);
        }
        match self.passwords.verify(password, hash).await {
            Ok(true) => {
                self.attempts().right(&keys);
                Ok(())
            }
            Ok(false) => Err(AccountError::CredentialsIncorrect),
            Err(Trouble::Crowded) => Err(AccountError::TooManyAttempts { wait: Duration::seconds(2) }),
            Err(Trouble::Hash(error)) => Err(AccountError::Hashing(error)),
        }
    }

    pub(super) fn new_session(&self, token: Zeroizing<String>, user_name: String, grants: Grants) -> NewSession {
        let expires_at = Some(self.store.clock().now() + self.session_idle.min(self.session_absolute));
        NewSession { token, session: Session { user_name, grants, expires_at } }
    }

    /// What the token of a cookie gives access to; none when it is unknown or past. Notes the use unless `quietly`.
    pub async fn access_by_cookie(&self, token: &str, quietly: bool) -> Result<Option<Access>, AccountError> {
        let hash = sha256(token);
        let Some(mut session) = self.store.sessions().by_hash(hash).await? else { return Ok(None) };
        let now = self.store.clock().now();
        if now >= self.end_of(&session) {
            self.store.sessions().remove(hash).await?;
            return Ok(None);
        }
        if !quietly && now - session.last_seen_at >= NOTED_EVERY && noted(self.store.sessions().touch(hash).await) {
            session.last_seen_at = now;
        }
        Ok(Some(self.access_of_session(hash, session)))
    }

    /// What an API token gives access to; none when it is unknown or past. It can never do more than who made it can now.
    pub async fn access_by_bearer(&self, secret: &str) -> Result<Option<Access>, AccountError> {
        let now = self.store.clock().now();
        let found = self.store.api_tokens().by_hash(sha256(secret)).await?;
        let Some(record) = found.filter(|record| record.token.expires_at.is_none_or(|end| now < end)) else { return Ok(None) };
        if record.token.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY) {
            noted(self.store.api_tokens().touch(&record.token.id).await);
        }
        Ok(Some(access_of_token(record)))
    }

    /// The same access as it is now, without noting a use: for streams that stay open. None when it has ended.
    pub async fn access_now(&self, access: &Access) -> Result<Option<Access>, AccountError> {
        let now = self.store.clock().now();
        Ok(match &access.credential {
            Credential::Session(hash) => {
                let session = self.store.sessions().by_hash(*hash).await?.filter(|session| now < self.end_of(session));
                session.map(|session| self.access_of_session(*hash, session))
            }
            Credential::ApiToken(id) => {
                let record = self.store.api_tokens().by_id(id).await?;
                record.filter(|record| record.token.expires_at.is_none_or(|end| now < end)).map(access_of_token)
            }
        })
    }

    /// When a session ends if it is not used again.
    fn end_of(&self, session: &SessionRecord) -> OffsetDateTime {
        (session.created_at + self.session_absolute).min(session.last_seen_at + self.session_idle)
    }

    fn access_of_session(&self, hash: [u8; 32], session: SessionRecord) -> Access {
        Access {
            expires_at: Some(self.end_of(&session)),
            actor: session.user_name.clone(),
            name: session.user_name.clone(),
            account: session.user_name,
            grants: session.grants,
            credential: Credential::Session(hash),
        }
    }

    /// Signs out.
    pub async fn sign_out(&self, access: &Access) -> Result<(), AccountError> {
        if let Credential::Session(hash) = access.credential {
            let draft = AuditDraft::success(&access.actor, "session.end").subject(&access.account);
            self.store.sessions().end(hash, draft).await?;
        }
        Ok(())
    }

    /// Ends all sessions of the caller's account, also when an API token asks for it.
    pub async fn sign_out_everywhere(&self, access: &Access) -> Result<(), AccountError> {
        self.store.sessions().remove_all_of(&access.account).await?;
        let draft = AuditDraft::success(&access.actor, "session.end-all").subject(&access.account);
        self.store.audit().record(draft).await?;
        Ok(())
    }

    /// Removes sessions that nobody can use any more.
    pub async fn forget_past_sessions(&self) -> Result<usize, AccountError> {
        let now = self.store.clock().now();
        Ok(self.store.sessions().remove_past(now - self.session_absolute, now - self.session_idle).await?)
    }

    fn attempts(&self) -> std::sync::MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn access_of_token(record: ApiTokenRecord) -> Access {
    let token = record.token;
    Access {
        actor: format!("token:{}", token.label),
        name: token.label,
        account: token.created_by,
        grants: record.creator_grants.map_or_else(|| token.grants.clone(), |creator| token.grants.meet(&creator)),
        expires_at: token.expires_at,
        credential: Credential::ApiToken(token.id),
    }
}
