//! Passkeys (Web Authentication Level 3): keys in an authenticator that the browser asks, as second factor.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::bytes::Base64;

/// A passkey of an account. The key itself never leaves its authenticator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passkey {
    /// Identifier, for removal; not secret.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Host name of the console that it was made for: browsers use it there and nowhere else.
    pub host: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last proved who its owner is.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub last_used_at: Option<OffsetDateTime>,
}

/// What the browser needs to make one: `PublicKeyCredentialCreationOptions`. Good once, for five minutes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyCreation {
    /// 32 random octets, which the answer holds.
    pub challenge: Base64,
    /// The relying party's id: host name of the console.
    pub host: String,
    /// `user.id`: random octets that stand for the account.
    pub user_handle: Base64,
    /// `user.name`.
    pub user_name: String,
    /// Algorithms of COSE (RFC 9053), the preferred first.
    pub algorithms: Vec<i32>,
    /// Credential ids of those that the account has: an authenticator holds one at most.
    pub excluded: Vec<Base64>,
    /// How long the browser waits.
    pub timeout_milliseconds: u32,
}

/// A passkey that the browser made.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What its owner calls it, 1 to 60 characters.
    pub name: String,
    /// `response.clientDataJSON`.
    pub client_data: Base64,
    /// `response.attestationObject`.
    pub attestation_object: Base64,
}

/// A passkey that counts from now on.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisteredPasskey {
    /// The passkey.
    pub passkey: Passkey,
    /// Recovery codes, if it is the first second factor of the account: the only answer that ever holds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery_codes: Vec<String>,
}

/// What the browser needs to ask for one: `PublicKeyCredentialRequestOptions`. Good once, for five minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyRequest {
    /// 32 random octets, which the answer holds.
    pub challenge: Base64,
    /// The relying party's id: host name of the console.
    pub host: String,
    /// Credential ids of those that count.
    pub credentials: Vec<Base64>,
    /// How long the browser waits.
    pub timeout_milliseconds: u32,
}

/// What an authenticator answered: `AuthenticatorAssertionResponse`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasskeyAssertion {
    /// `rawId`.
    pub credential_id: Base64,
    /// `response.clientDataJSON`.
    pub client_data: Base64,
    /// `response.authenticatorData`.
    pub authenticator_data: Base64,
    /// `response.signature`.
    pub signature: Base64,
    /// `response.userHandle`, where the authenticator tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_handle: Option<Base64>,
}
