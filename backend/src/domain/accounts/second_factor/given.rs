//! What somebody gives besides the password, and what they are asked for when they give nothing.

use certdeck_shared::api::passkey::PasskeyAssertion;
use certdeck_shared::api::second_factor::SecondFactorOffer;

use super::{one_time, recovery};
use crate::domain::accounts::passkeys::{Party, Purpose};
use crate::domain::accounts::{AccountError, Accounts};
use crate::state::SecondFactorRecord;

/// A second factor as it was given: one of these, or none.
#[derive(Clone, Default)]
pub struct GivenFactor {
    /// Code of the authenticator program.
    pub one_time_code: Option<String>,
    /// One of those for when that is lost.
    pub recovery_code: Option<String>,
    /// Answer of a passkey.
    pub passkey: Option<PasskeyAssertion>,
}

/// What a second factor is asked for, and where.
pub(in crate::domain::accounts) struct Asked<'a> {
    /// For what.
    pub(in crate::domain::accounts) purpose: Purpose,
    /// At which address.
    pub(in crate::domain::accounts) party: &'a Party,
}

impl Accounts {
    /// Judges what was given for an account that has a second factor, and uses it up; says what it was. Nothing for an account without one.
    pub(in crate::domain::accounts) async fn check_factor(
        &self,
        user_name: &str,
        given: &GivenFactor,
        asked: Asked<'_>,
    ) -> Result<Option<String>, AccountError> {
        let factors = self.store.second_factors();
        let program = factors.of(user_name).await?.filter(|record| record.active_since.is_some());
        let passkeys = self.store.passkeys().of(user_name).await?;
        if program.is_none() && passkeys.is_empty() {
            return Ok(None);
        }
        if let Some(passkey) = &given.passkey {
            let id = self.check_passkey(user_name, &asked.purpose, &passkeys, asked.party, passkey).await?;
            return Ok(Some(format!("passkey {id}")));
        }
        let (good, kind) = match (&given.one_time_code, &given.recovery_code) {
            (Some(code), _) => {
                let step = match &program {
                    Some(SecondFactorRecord { secret, .. }) => one_time::step(secret, code, self.store.clock().now())?,
                    None => None,
                };
                let good = match step {
                    Some(step) => factors.spend_step(user_name, step).await?,
                    None => false,
                };
                (good, "one-time-code")
            }
            (None, Some(code)) => (factors.spend_recovery_code(user_name, recovery::digest(code)).await?, "recovery-code"),
            (None, None) => {
                let (passkey, no_passkey) = self.passkey_request(user_name, asked.purpose, &passkeys, asked.party);
                let offer = SecondFactorOffer { one_time_code: program.is_some(), passkey, no_passkey };
                return Err(AccountError::SecondFactorRequired(Box::new(offer)));
            }
        };
        if good { Ok(Some(kind.to_owned())) } else { Err(AccountError::CodeIncorrect) }
    }
}
