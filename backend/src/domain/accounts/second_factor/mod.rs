//! The second factor: begun, proved by a first code, asked for at the gate, and taken away.

mod base32;
mod one_time;
mod qr;
mod recovery;

use certdeck_shared::api::paths::segment;
use certdeck_shared::api::second_factor::{RecoveryCodes, SecondFactor, SecondFactorSecret};

use super::{Access, AccountError, Accounts, Actor, Credential};
use crate::host::randomness;
use crate::state::{AuditDraft, SecondFactorRecord};

/// A code as it was given.
#[derive(Clone, Default)]
pub struct GivenCode {
    /// Of the authenticator program.
    pub one_time: Option<String>,
    /// Of those for when that is lost.
    pub recovery: Option<String>,
}

impl Accounts {
    /// Whether the caller's account has a second factor.
    pub async fn second_factor(&self, access: &Access) -> Result<SecondFactor, AccountError> {
        let found = self.store.second_factors().of(&access.account).await?.filter(|record| record.active_since.is_some());
        Ok(SecondFactor {
            active_since: found.as_ref().and_then(|record| record.active_since),
            recovery_codes_left: found.map_or(0, |record| record.recovery_codes_left),
        })
    }

    /// Makes a secret for the caller's own authenticator program; it does not count yet.
    pub async fn begin_second_factor(&self, access: &Access) -> Result<SecondFactorSecret, AccountError> {
        let draft = AuditDraft::success(&access.actor, "second-factor.begin").subject(&access.account);
        let outcome = self.try_begin_second_factor(access, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_begin_second_factor(&self, access: &Access, draft: AuditDraft) -> Result<SecondFactorSecret, AccountError> {
        of_a_person(access)?;
        let bytes = randomness::bytes::<{ one_time::SECRET }>();
        if !self.store.second_factors().begin(&access.account, bytes.to_vec(), draft).await? {
            return Err(AccountError::SecondFactorPresent);
        }
        let secret = base32::encode(&bytes);
        // Key Uri Format of Google Authenticator, which all others read; digits, period and algorithm are those it presumes.
        let uri = format!("otpauth://totp/Certdeck:{}?secret={secret}&issuer=Certdeck", segment(&access.account));
        let qr = qr::code(&uri)?;
        Ok(SecondFactorSecret { qr, secret, uri })
    }

    /// Lets the secret count, now that the authenticator program has shown a code of it.
    pub async fn activate_second_factor(&self, access: &Access, one_time_code: &str) -> Result<RecoveryCodes, AccountError> {
        let draft = AuditDraft::success(&access.actor, "second-factor.activate").subject(&access.account);
        let outcome = self.try_activate_second_factor(access, one_time_code, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_activate_second_factor(&self, access: &Access, code: &str, draft: AuditDraft) -> Result<RecoveryCodes, AccountError> {
        of_a_person(access)?;
        let record = self.store.second_factors().of(&access.account).await?.ok_or(AccountError::SecondFactorAbsent)?;
        if record.active_since.is_some() {
            return Err(AccountError::SecondFactorPresent);
        }
        let attempt = self.attempt(&access.account, None)?;
        let step = one_time::step(&record.secret, code, self.store.clock().now())?.ok_or(AccountError::CodeIncorrect)?;
        self.right(&attempt);
        let recovery_codes = recovery::codes();
        let digests = recovery_codes.iter().map(|code| recovery::digest(code)).collect();
        if !self.store.second_factors().activate(&access.account, step, digests, draft).await? {
            return Err(AccountError::SecondFactorPresent);
        }
        Ok(RecoveryCodes { recovery_codes })
    }

    /// Takes the second factor of an account away.
    pub async fn remove_second_factor(&self, actor: &Actor<'_>, user_name: &str) -> Result<(), AccountError> {
        if let Actor::Caller(access) = actor {
            of_a_person(access)?;
        }
        let user_name = self.store.users().by_name(user_name).await?.ok_or(AccountError::NotFound("account"))?.user.user_name;
        let draft = AuditDraft::success(actor.name(), "second-factor.remove").subject(&user_name);
        let removed = self.store.second_factors().remove(&user_name, draft).await?;
        if removed { Ok(()) } else { Err(AccountError::SecondFactorAbsent) }
    }

    /// Compares a code for an account that has a second factor, and uses it up; says which kind it was. Nothing for an account without one.
    pub(super) async fn check_code(&self, user_name: &str, given: &GivenCode) -> Result<Option<&'static str>, AccountError> {
        let found = self.store.second_factors().of(user_name).await?;
        let Some(SecondFactorRecord { secret, .. }) = found.filter(|record| record.active_since.is_some()) else { return Ok(None) };
        let factors = self.store.second_factors();
        let (good, kind) = match given {
            GivenCode { one_time: Some(code), .. } => match one_time::step(&secret, code, self.store.clock().now())? {
                Some(step) => (factors.spend_step(user_name, step).await?, "one-time-code"),
                None => (false, ""),
            },
            GivenCode { recovery: Some(code), .. } => {
                (factors.spend_recovery_code(user_name, recovery::digest(code)).await?, "recovery-code")
            }
            GivenCode { one_time: None, recovery: None } => return Err(AccountError::SecondFactorRequired),
        };
        if good { Ok(Some(kind)) } else { Err(AccountError::CodeIncorrect) }
    }
}

fn of_a_person(access: &Access) -> Result<(), AccountError> {
    match access.credential {
        Credential::Session(_) => Ok(()),
        Credential::ApiToken { .. } => {
            Err(AccountError::ScopeInsufficient("an account arranges its second factor in a session of its own".to_owned()))
        }
    }
}
