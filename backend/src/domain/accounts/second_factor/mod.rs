//! The second factor: codes of an authenticator program, passkeys, and recovery codes for when those are lost. Begun, proved, asked for at
//! the gate, and taken away.

mod base32;
mod given;
mod one_time;
mod qr;
mod recovery;

use certdeck_shared::api::paths::segment;
use certdeck_shared::api::second_factor::{RecoveryCodes, SecondFactor, SecondFactorSecret};

use super::passkeys::Party;
use super::{Access, AccountError, Accounts, Actor, Credential};
use crate::host::randomness;
use crate::state::{AuditDraft, Removal};

pub use given::GivenFactor;

pub(super) use given::Asked;

impl Accounts {
    /// What the caller's account has of it.
    pub async fn second_factor(&self, access: &Access, party: &Party) -> Result<SecondFactor, AccountError> {
        let found = self.store.second_factors().of(&access.account).await?;
        let passkeys = self.store.passkeys().of(&access.account).await?;
        Ok(SecondFactor {
            active_since: found.and_then(|record| record.active_since),
            passkeys: passkeys.iter().map(crate::state::PasskeyRecord::told).collect(),
            recovery_codes_left: self.store.second_factors().recovery_codes_left(&access.account).await?,
            no_passkeys: party.as_ref().err().map(ToString::to_string),
            required: self.second_factor_required,
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
        let (recovery_codes, digests) = new_codes();
        match self.store.second_factors().activate(&access.account, step, digests, draft).await? {
            None => Err(AccountError::SecondFactorPresent),
            Some(first) => Ok(RecoveryCodes { recovery_codes: if first { recovery_codes } else { Vec::new() } }),
        }
    }

    /// New recovery codes for the caller; those of before are void.
    pub async fn renew_recovery_codes(&self, access: &Access) -> Result<RecoveryCodes, AccountError> {
        let draft = AuditDraft::success(&access.actor, "second-factor.renew-recovery-codes").subject(&access.account);
        let outcome = self.try_renew_recovery_codes(access, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_renew_recovery_codes(&self, access: &Access, draft: AuditDraft) -> Result<RecoveryCodes, AccountError> {
        of_a_person(access)?;
        let (recovery_codes, digests) = new_codes();
        let renewed = self.store.second_factors().replace_recovery_codes(&access.account, digests, draft).await?;
        if renewed { Ok(RecoveryCodes { recovery_codes }) } else { Err(AccountError::SecondFactorAbsent) }
    }

    /// Takes the caller's authenticator program away.
    pub async fn remove_second_factor(&self, access: &Access) -> Result<(), AccountError> {
        of_a_person(access)?;
        let draft = AuditDraft::success(&access.actor, "second-factor.remove").subject(&access.account);
        let removed = self.store.second_factors().remove(&access.account, self.second_factor_required, draft.clone()).await?;
        let outcome = match removed {
            Removal::Done => Ok(()),
            Removal::Absent => Err(AccountError::SecondFactorAbsent),
            Removal::Last => Err(AccountError::LastSecondFactor),
        };
        self.record_refusal(draft, outcome).await
    }

    /// Takes all of an account's second factor away, for somebody who lost it.
    pub async fn forget_second_factor(&self, actor: &Actor<'_>, user_name: &str) -> Result<(), AccountError> {
        let user_name = self.store.users().by_name(user_name).await?.ok_or(AccountError::NotFound("account"))?.user.user_name;
        let draft = AuditDraft::success(actor.name(), "second-factor.remove").subject(&user_name);
        let removed = self.store.second_factors().remove_all(&user_name, draft).await?;
        if removed { Ok(()) } else { Err(AccountError::SecondFactorAbsent) }
    }
}

/// Recovery codes, and what is kept of them.
pub(super) fn new_codes() -> (Vec<String>, Vec<[u8; 32]>) {
    let codes = recovery::codes();
    let digests = codes.iter().map(|code| recovery::digest(code)).collect();
    (codes, digests)
}

/// Refuses scripts: an account arranges its second factor itself.
pub(super) fn of_a_person(access: &Access) -> Result<(), AccountError> {
    match access.credential {
        Credential::Session(_) => Ok(()),
        Credential::ApiToken { .. } => {
            Err(AccountError::ScopeInsufficient("an account arranges its second factor in a session of its own".to_owned()))
        }
    }
}
