//! First run, sessions, users and API tokens.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::passkey::PasskeyAssertion;
use super::role::Grants;

/// Whether the console still waits for its first account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupStatus {
    /// True until the first account exists.
    pub required: bool,
    /// When the setup link that was printed at start stops to be good.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub expires_at: Option<OffsetDateTime>,
    /// SHA-256 fingerprint of the console's own TLS certificate, lower-case hex; absent under `--http`.
    pub console_fingerprint_sha256: Option<String>,
    /// Whether a certificate of the connection signs in (`POST /session/certificate`).
    #[serde(default)]
    pub certificate_sign_in: bool,
}

/// Makes the first account.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Setup {
    /// The one-time token of the setup link.
    pub token: String,
    /// 1 to 64 characters.
    pub user_name: String,
    /// 12 to 1,024 characters, and not a well-known one.
    pub password: String,
}

/// Signs in.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// User name.
    pub user_name: String,
    /// Password.
    pub password: String,
    /// Six digits of the authenticator program, where the account has a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_code: Option<String>,
    /// A recovery code in its place; it is good once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<String>,
    /// The answer of a passkey in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyAssertion>,
}

/// Signs in with the certificate of the connection in the place of a password.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CertificateSignIn {
    /// Six digits of the authenticator program, where the account has a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_code: Option<String>,
    /// A recovery code in its place; it is good once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<String>,
    /// The answer of a passkey in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyAssertion>,
}

/// Proves again who somebody is, for what asks again.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The password of the account, where it has no second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Six digits of the authenticator program, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_code: Option<String>,
    /// A recovery code in their place; it is good once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<String>,
    /// The answer of a passkey in their place. Without any of them, an account with passkeys gets the challenge for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyAssertion>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// User name, or the label of the API token.
    pub user_name: String,
    /// What this caller may do, and to what.
    pub grants: Grants,
    /// When the session ends if nothing happens; moves with each call. Absent for API tokens without expiry.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub expires_at: Option<OffsetDateTime>,
    /// Until when what asks again is done without being asked. Absent when it would be asked now, and for API tokens.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub confirmed_until: Option<OffsetDateTime>,
    /// Whether the account has a second factor, so that this confirms and not the password.
    #[serde(default)]
    pub second_factor: bool,
    /// Whether passkeys are among it.
    #[serde(default)]
    pub passkeys: bool,
    /// Whether the codes of an authenticator program are.
    #[serde(default)]
    pub one_time_codes: bool,
    /// Whether the console wants a second factor that the account has not: until it has one, nothing else is answered.
    #[serde(default)]
    pub second_factor_missing: bool,
}

/// A session that is open somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSession {
    /// Identifier, as in `session …` of the audit log; not secret.
    pub id: String,
    /// Whose it is.
    pub user_name: String,
    /// Whether it is the one that asks.
    pub present: bool,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub began_at: OffsetDateTime,
    /// The address that it began from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_from: Option<String>,
    /// When it was last used.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen_at: OffsetDateTime,
    /// The address that this came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_from: Option<String>,
    /// What the browser that began it called itself; nobody vouches for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// When it ends if it is not used again.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// User name, unique.
    pub user_name: String,
    /// What the account may do, and to what.
    pub grants: Grants,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last signed in.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub last_sign_in_at: Option<OffsetDateTime>,
}

/// Makes an account.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewUser {
    /// 1 to 64 characters, unique.
    pub user_name: String,
    /// 12 to 1,024 characters.
    pub password: String,
    /// What the account may do, and to what.
    pub grants: Grants,
}

/// Changes an account; absent fields stay.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserChange {
    /// A new password. All other sessions of the account end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The caller's own present password; needed to change one's own password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_password: Option<String>,
    /// What it may do from now on, whole. The last administrator stays one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Grants>,
}

/// An API token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// Identifier for deletion; not secret.
    pub id: String,
    /// What the token is for, in the words of who made it.
    pub label: String,
    /// What it may do, and to what; never more than who made it can now.
    pub grants: Grants,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it stops to be good.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub expires_at: Option<OffsetDateTime>,
    /// When its secret was last used; after a rotation, the new one.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub last_used_at: Option<OffsetDateTime>,
    /// The address that this came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_from: Option<String>,
    /// When it got the secret that it has.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub rotated_at: Option<OffsetDateTime>,
    /// Until when the secret before is good as well.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub previous_good_until: Option<OffsetDateTime>,
    /// When the secret before was last used: whoever used it since the rotation has not got the new one.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub previous_last_used_at: Option<OffsetDateTime>,
    /// The address that this came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_last_used_from: Option<String>,
    /// Whether it may do what asks a person again, such as exporting a key.
    #[serde(default)]
    pub unattended: bool,
}

/// Makes an API token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewApiToken {
    /// What the token is for, 1 to 100 characters.
    pub label: String,
    /// What it may do, and to what; at most what the caller may.
    pub grants: Grants,
    /// Days until it expires, 1 to 3,650; absent means it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u16>,
    /// It may do what asks a person again, such as exporting a key: a script cannot be asked. Without, such calls are refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unattended: bool,
}

/// Gives an API token a new secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiTokenRotation {
    /// For how many hours the present secret stays good beside the new one, 0 to 720; a day when absent.
    #[serde(default = "a_day")]
    pub overlap_hours: u16,
    /// Days from now until the token expires, 1 to 3,650; absent means when it does anyhow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u16>,
}

const fn a_day() -> u16 {
    24
}

impl Default for ApiTokenRotation {
    fn default() -> Self {
        Self { overlap_hours: a_day(), expires_in_days: None }
    }
}

/// A new API token, or a new secret of one: the only answer that ever holds its secret.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiToken {
    /// The token as it is listed from now on.
    pub token: ApiToken,
    /// The secret for `Authorization: Bearer`. Only its hash is kept.
    pub secret: String,
}
