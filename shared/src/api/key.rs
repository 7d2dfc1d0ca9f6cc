//! Private keys of a database.

use serde::{Deserialize, Serialize};

use super::bytes::Base64;

/// Algorithm and size of a key pair to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum KeyAlgorithm {
    /// RSA, 2048 bits, exponent 65537.
    #[serde(rename = "rsa-2048")]
    Rsa2048,
    /// RSA, 3072 bits.
    #[serde(rename = "rsa-3072")]
    Rsa3072,
    /// RSA, 4096 bits.
    #[serde(rename = "rsa-4096")]
    Rsa4096,
    /// ECDSA on P-256.
    #[serde(rename = "ec-p256")]
    EcP256,
    /// ECDSA on P-384.
    #[serde(rename = "ec-p384")]
    EcP384,
    /// ECDSA on P-521; browsers do not take certificates of such keys.
    #[serde(rename = "ec-p521")]
    EcP521,
    /// Ed25519 (RFC 8410), where the token has it.
    #[serde(rename = "ed25519")]
    Ed25519,
}

/// What kind of key pair a token makes, asked of the token itself (C_GetMechanismList).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenAlgorithm {
    /// Algorithm and size.
    pub algorithm: KeyAlgorithm,
    /// In words: `EC P-256`.
    pub words: String,
    /// True when the token makes such keys.
    pub available: bool,
    /// Why not, and what to do instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A private key and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Key {
    /// CKA_ID, lower-case hex.
    pub id: String,
    /// PKCS#11 URI (RFC 7512).
    pub pkcs11_uri: String,
    /// In words: `RSA 2048`, `EC P-256`.
    pub algorithm: String,
    /// CKA_LABEL.
    pub label: Option<String>,
    /// Certificates of this key, by address.
    pub certificates: Vec<String>,
    /// Pending requests of this key, by id.
    pub requests: Vec<String>,
    /// True when neither a certificate nor a request belongs to it.
    pub orphan: bool,
}

/// Makes a key pair in the internal token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewKey {
    /// Algorithm and size.
    pub algorithm: KeyAlgorithm,
    /// CKA_LABEL, shown by `certutil -K`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A key pair just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedKey {
    /// CKA_ID, lower-case hex.
    pub id: String,
    /// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), DER.
    pub subject_public_key_info: Base64,
}
