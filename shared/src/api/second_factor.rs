//! The second factor of an account: one-time codes of an authenticator program (RFC 6238), and recovery codes for when that is lost.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Whether the caller's account has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactor {
    /// Since when signing in needs a code; absent when it does not.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub active_since: Option<OffsetDateTime>,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: u32,
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

/// Codes that stand in for the authenticator program, each once: the only answer that ever holds them.
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
