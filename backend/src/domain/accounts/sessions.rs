//! Signing in and out, and what a cookie or a bearer token gives access to.

use std::net::IpAddr;

use certdeck_shared::api::account::{Session, User};
use certdeck_shared::api::role::Grants;
use certdeck_shared::hex::hex;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::backoff::{Attempts, Key};
use super::passkeys::{Party, Purpose};
use super::passwords::Trouble;
use super::second_factor::Asked;
use super::{AccountError, Accounts, GivenFactor, Standing, sha256};
use crate::host::{networks, randomness};
use crate::state::{ApiTokenRecord, AuditDraft, SessionRecord, StateError, Visitor};

/// The use of a session is noted at most this often: a page that polls does not write each time.
const NOTED_EVERY: Duration = Duration::seconds(15);

/// Whether a use was written down. Where it cannot be, as on a full disk, looking is not refused for that.
fn noted(outcome: Result<(), StateError>) -> bool {
    if let Err(error) = &outcome {
        tracing::warn!(error = error as &dyn std::error::Error, "the use of a session or token could not be noted");
    }
    outcome.is_ok()
}

/// What becomes of the moment at which a cookie is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The session is used, from this address.
    From(Option<IpAddr>),
    /// It is looked at and does not stay awake for that.
    Quiet,
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
    /// An API token.
    ApiToken {
        /// Its identifier.
        id: String,
        /// The hash of the secret that was shown: a rotation gives it another.
        secret_sha256: [u8; 32],
    },
}

impl Credential {
    /// What can be told of it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Session(digest) => format!("session {}", session_id(digest)),
            Self::ApiToken { id, .. } => format!("api-token {id}"),
        }
    }
}

/// The identifier of a session. Its cookie's digest is no secret, and its beginning is enough to tell sessions apart.
#[must_use]
pub fn session_id(token_sha256: &[u8; 32]) -> String {
    hex(token_sha256.first_chunk::<8>().map_or(&token_sha256[..], |beginning| beginning))
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
    /// Whether they may do what asks again.
    pub standing: Standing,
    /// What the account of a session has besides its password.
    pub factors: Factors,
    /// Whether it still has to set up a second factor before anything else.
    pub second_factor_missing: bool,
}

/// What an account has besides its password.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Factors {
    /// An authenticator program.
    pub one_time_codes: bool,
    /// Passkeys.
    pub passkeys: bool,
}

impl Factors {
    /// Whether it has a second factor.
    #[must_use]
    pub fn any(self) -> bool {
        self.one_time_codes || self.passkeys
    }
}

impl Access {
    /// The session as it is told to whoever has it.
    #[must_use]
    pub fn told(&self, confirmed_until: Option<OffsetDateTime>) -> Session {
        Session {
            user_name: self.name.clone(),
            grants: self.grants.clone(),
            expires_at: self.expires_at,
            confirmed_until,
            second_factor: self.factors.any(),
            passkeys: self.factors.passkeys,
            one_time_codes: self.factors.one_time_codes,
            second_factor_missing: self.second_factor_missing,
        }
    }
}

impl Accounts {
    /// Signs in. Whoever has a second factor and gives nothing of it learns so, once the password was right, and comes again with both.
    pub async fn sign_in(
        &self,
        user_name: &str,
        password: Zeroizing<String>,
        given: GivenFactor,
        visitor: &Visitor,
        party: &Party,
    ) -> Result<NewSession, AccountError> {
        // What was typed as a name may be a password: only names that exist are recorded.
        let known = self.store.users().by_name(user_name).await?.map(|record| record.user.user_name);
        let draft = AuditDraft::success(known.as_deref().unwrap_or("console"), "session.begin");
        let peer = visitor.peer;
        let draft = draft.subject(known.as_deref().unwrap_or("an unknown user name")).after(json!({"peer": peer}));
        let outcome = self.try_sign_in(user_name, password, given, visitor, party, draft.clone()).await;
        if let Err(error) = &outcome {
            tracing::warn!(user.known = known.is_some(), peer = %peer, code = error.code().name(), "sign-in refused");
        }
        self.record_refusal(draft, outcome).await
    }

    async fn try_sign_in(
        &self,
        user_name: &str,
        password: Zeroizing<String>,
        given: GivenFactor,
        visitor: &Visitor,
        party: &Party,
        draft: AuditDraft,
    ) -> Result<NewSession, AccountError> {
        let record = self.store.users().by_name(user_name).await?;
        let attempt = self.attempt(user_name, Some(visitor.peer))?;
        self.check_password(password, record.as_ref().map(|record| record.password_hash.clone())).await?;
        let user = record.ok_or(AccountError::CredentialsIncorrect)?.user;
        self.begin_session(user, &attempt, given, visitor, party, draft).await
    }

    /// Begins the session of somebody whose password or certificate is right, once their second factor is.
    pub(super) async fn begin_session(
        &self,
        user: User,
        attempt: &[Key],
        given: GivenFactor,
        visitor: &Visitor,
        party: &Party,
        draft: AuditDraft,
    ) -> Result<NewSession, AccountError> {
        let factor = self.check_factor(&user.user_name, &given, Asked { purpose: Purpose::SignIn, party }).await?;
        self.right(attempt);
        let mut draft = draft;
        if let (Some(factor), Some(Value::Object(after))) = (factor, &mut draft.after) {
            after.insert("second_factor".to_owned(), factor.into());
        }
        let token = randomness::secret_text();
        let hash = sha256(&token);
        self.store.sessions().begin(hash, &user.user_name, visitor, draft).await?;
        let begun = self.store.sessions().by_hash(hash).await?;
        let factors = begun.map_or_else(Factors::default, |session| factors_of(&session));
        Ok(self.new_session(token, user.user_name, user.grants, factors))
    }

    /// Begins an attempt under the rule of waits. It counts as a wrong one until [`Accounts::right`] is told that all of it was right: a right
    /// password alone does not make codes free to guess.
    pub(super) fn attempt(&self, user_name: &str, peer: Option<IpAddr>) -> Result<Vec<Key>, AccountError> {
        let mut keys = vec![Key::user(user_name)];
        keys.extend(peer.map(|peer| Key::Peer(networks::client(peer))));
        let mut attempts = self.attempts();
        let now = self.store.clock().now();
        if let Some(wait) = attempts.wait(&keys, now) {
            return Err(AccountError::TooManyAttempts { wait });
        }
        attempts.count(&keys, now);
        Ok(keys)
    }

    /// An attempt was right.
    pub(super) fn right(&self, attempt: &[Key]) {
        self.attempts().right(attempt);
    }

    /// Compares a password.
    pub(super) async fn check_password(&self, password: Zeroizing<String>, hash: Option<String>) -> Result<(), AccountError> {
        match self.passwords.verify(password, hash).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(AccountError::CredentialsIncorrect),
            Err(Trouble::Crowded) => Err(AccountError::TooManyAttempts { wait: Duration::seconds(2) }),
            Err(Trouble::Hash(error)) => Err(AccountError::Hashing(error)),
        }
    }

    pub(super) fn new_session(&self, token: Zeroizing<String>, user_name: String, grants: Grants, factors: Factors) -> NewSession {
        let now = self.store.clock().now();
        let expires_at = Some(now + self.session_idle.min(self.session_absolute));
        NewSession {
            token,
            session: Session {
                user_name,
                grants,
                expires_at,
                confirmed_until: Some(now + self.confirmation),
                second_factor: factors.any(),
                passkeys: factors.passkeys,
                one_time_codes: factors.one_time_codes,
                second_factor_missing: self.second_factor_required && !factors.any(),
            },
        }
    }

    /// What the token of a cookie gives access to; none when it is unknown or past. `used` says whether that is a use, and from where.
    pub async fn access_by_cookie(&self, token: &str, used: Use) -> Result<Option<Access>, AccountError> {
        let hash = sha256(token);
        let Some(mut session) = self.store.sessions().by_hash(hash).await? else { return Ok(None) };
        let now = self.store.clock().now();
        if now >= self.end_of(&session) {
            self.store.sessions().remove(hash).await?;
            return Ok(None);
        }
        if let Use::From(peer) = used
            && is_news(now, Some(session.last_seen_at), session.last_seen_from.as_deref(), peer)
            && noted(self.store.sessions().touch(hash, peer).await)
        {
            session.last_seen_at = now;
        }
        Ok(Some(self.access_of_session(session)))
    }

    /// What an API token gives access to; none when it is unknown or past. It can never do more than who made it can now.
    pub async fn access_by_bearer(&self, secret: &str, peer: Option<IpAddr>) -> Result<Option<Access>, AccountError> {
        let hash = sha256(secret);
        let Some((record, access)) = self.access_of_token(hash).await? else { return Ok(None) };
        let token = &record.token;
        let (last, from) = match record.replaced_until {
            None => (token.last_used_at, &token.last_used_from),
            Some(_) => (token.previous_last_used_at, &token.previous_last_used_from),
        };
        if is_news(self.store.clock().now(), last, from.as_deref(), peer) {
            noted(self.store.api_tokens().touch(&record, peer).await);
        }
        Ok(Some(access))
    }

    async fn access_of_token(&self, secret_sha256: [u8; 32]) -> Result<Option<(ApiTokenRecord, Access)>, AccountError> {
        let now = self.store.clock().now();
        let found = self.store.api_tokens().by_hash(secret_sha256).await?;
        let found = found.map(|record| (access_of_token(&record, secret_sha256), record));
        Ok(found.filter(|(access, _)| access.expires_at.is_none_or(|end| now < end)).map(|(access, record)| (record, access)))
    }

    /// The same access as it is now, without noting a use: for streams that stay open. None when it has ended.
    pub async fn access_now(&self, access: &Access) -> Result<Option<Access>, AccountError> {
        let now = self.store.clock().now();
        Ok(match &access.credential {
            Credential::Session(hash) => {
                let session = self.store.sessions().by_hash(*hash).await?.filter(|session| now < self.end_of(session));
                session.map(|session| self.access_of_session(session))
            }
            Credential::ApiToken { secret_sha256, .. } => self.access_of_token(*secret_sha256).await?.map(|(_, access)| access),
        })
    }

    /// When a session ends if it is not used again.
    pub(super) fn end_of(&self, session: &SessionRecord) -> OffsetDateTime {
        (session.created_at + self.session_absolute).min(session.last_seen_at + self.session_idle)
    }

    fn access_of_session(&self, session: SessionRecord) -> Access {
        let factors = factors_of(&session);
        Access {
            expires_at: Some(self.end_of(&session)),
            actor: session.user_name.clone(),
            name: session.user_name.clone(),
            account: session.user_name,
            grants: session.grants,
            credential: Credential::Session(session.token_sha256),
            standing: Standing::ConfirmedUntil(session.confirmed_at + self.confirmation),
            factors,
            second_factor_missing: self.second_factor_required && !factors.any(),
        }
    }

    /// Signs out.
    pub async fn sign_out(&self, access: &Access) -> Result<(), AccountError> {
        if let Credential::Session(hash) = access.credential {
            let draft = AuditDraft::success(&access.actor, "session.end").subject(&access.account);
            // Ended in another window meanwhile: so be it.
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

fn access_of_token(record: &ApiTokenRecord, secret_sha256: [u8; 32]) -> Access {
    let token = &record.token;
    Access {
        actor: format!("token:{}", token.label),
        name: token.label.clone(),
        account: token.created_by.clone(),
        grants: record.creator_grants.as_ref().map_or_else(|| token.grants.clone(), |creator| token.grants.meet(creator)),
        expires_at: [token.expires_at, record.replaced_until].into_iter().flatten().min(),
        credential: Credential::ApiToken { id: token.id.clone(), secret_sha256 },
        standing: if token.unattended { Standing::Unattended } else { Standing::CannotBeAsked },
        // A script has none; what it may do was granted by somebody who has.
        factors: Factors::default(),
        second_factor_missing: false,
    }
}

fn factors_of(session: &SessionRecord) -> Factors {
    Factors { one_time_codes: session.one_time_codes, passkeys: session.passkeys }
}

/// Whether a use is worth noting: the last one is some time ago, or came from elsewhere.
fn is_news(now: OffsetDateTime, last: Option<OffsetDateTime>, from: Option<&str>, peer: Option<IpAddr>) -> bool {
    last.is_none_or(|last| now - last >= NOTED_EVERY) || peer.map(networks::text).as_deref() != from
}
