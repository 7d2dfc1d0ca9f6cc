//! The second factor of an account: one-time codes of an authenticator program (RFC 6238), passkeys, and recovery codes for when those are
//! lost.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::passkey::{Passkey, PasskeyRequest};

/// What the caller's account has of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactor {
    /// Since when codes of an authenticator program count; absent when there is none.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub active_since: Option<OffsetDateTime>,
    /// Its passkeys, the oldest first.
    #[serde(default)]
    pub passkeys: Vec<Passkey>,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: u32,
    /// Why no passkey can be made at this address, in words; absent where one can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_passkeys: Option<String>,
    /// Whether the console wants every account to have a second factor.
    #[serde(default)]
    pub required: bool,
}

impl SecondFactor {
    /// Whether signing in needs more than the password.
    #[must_use]
    pub fn present(&self) -> bool {
        self.active_since.is_some() || !self.passkeys.is_empty()
    }
}

/// What proves besides the password who somebody is: a member of the problem `second-factor-required`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactorOffer {
    /// Whether a code of an authenticator program does. A recovery code always does.
    pub one_time_code: bool,
    /// What the browser asks for a passkey with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyRequest>,
    /// Why the passkeys of the account are of no use at this address, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_passkey: Option<String>,
}

/// What an authenticator program is given: the only answer that ever holds it. It counts once a code of it has come back.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactorSecret {
    /// The secret in Base32, for typing.
    pub secret: String,
    /// The same as an `otpauth` address, with issuer and account.
    pub uri: String,
    /// The address as a QR code.
    pub qr: QrCode,
}

/// A QR code (ISO/IEC 18004) without its quiet zone, which is four modules wide.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QrCode {
    /// Modules along one side.
    pub side: u32,
    /// The dark modules as data of an SVG path, one unit a module.
    pub path: String,
}

/// The first code, which proves that the authenticator program has the secret.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SecondFactorActivation {
    /// Six digits.
    pub one_time_code: String,
}

/// Codes that stand in for the second factor, each once: the only answer that ever holds them. None when the account has some already.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// The codes.
    pub recovery_codes: Vec<String>,
}

/// What somebody typed where both kinds of code are taken, as one-time code or as recovery code.
#[must_use]
pub fn told_apart(typed: &str) -> (Option<String>, Option<String>) {
    let code: String = typed.chars().filter(|character| !character.is_whitespace()).collect();
    let one_time = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    if one_time { (Some(code), None) } else { (None, Some(code)) }
}

/// What a field is called that takes either, where there may be no authenticator program.
#[must_use]
pub fn called(one_time_codes: bool) -> &'static str {
    if one_time_codes { "Code of your authenticator, or a recovery code" } else { "Recovery code" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_a_one_time_code_and_the_rest_is_none() {
        assert_eq!(told_apart("123 456"), (Some("123456".to_owned()), None));
        assert_eq!(told_apart(" abcd-efgh "), (None, Some("abcd-efgh".to_owned())));
        assert_eq!(told_apart("1234567").0, None);
    }
}
