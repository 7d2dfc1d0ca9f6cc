//! PKCS#11 modules of a database, their slots and tokens.

use serde::{Deserialize, Serialize};

use super::bytes::Base64;
use super::key::KeyAlgorithm;

/// Whether a module can be used now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ModuleState {
    /// It loads and answers.
    Loaded,
    /// It does not; the rest of the database works all the same.
    Unusable {
        /// Why, and the cure where one is known.
        reason: String,
    },
}

/// A PKCS#11 module, as `modutil -list` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Module {
    /// Name in pkcs11.txt, and in paths.
    pub name: String,
    /// True for the module that is part of NSS: it can be neither removed nor switched off.
    pub internal: bool,
    /// Whether NSS runs in FIPS mode with this database; of the internal module only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fips: Option<bool>,
    /// Path of the library; absent for the internal module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// SHA-256 of the library's file, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library_sha256: Option<String>,
    /// What is handed to the library when it is initialised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<String>,
    /// Whether it can be used now.
    pub state: ModuleState,
    /// PKCS#11 URI (RFC 7512) of the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pkcs11_uri: Option<String>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// What it says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Version of the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library_version: Option<String>,
    /// Version of PKCS#11 it speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cryptoki_version: Option<String>,
    /// Its slots.
    pub slots: Vec<Slot>,
}

/// A slot of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slot {
    /// PKCS#11 slot number, in hexadecimal as in pkcs11.txt.
    pub id: String,
    /// What the library calls it.
    pub description: String,
    /// Whether it is a device and not software.
    pub hardware: bool,
    /// Whether the token can be taken out.
    pub removable: bool,
    /// Whether NSS uses it; false when somebody switched it off.
    pub enabled: bool,
    /// What NSS uses it for by default, in modutil's words: `RSA`, `AES`, `RANDOM`, `FRIENDLY`.
    pub default_mechanisms: Vec<String>,
    /// The token in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// State of the password of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PinState {
    /// Nothing to say against it.
    Ready,
    /// None has been set yet.
    NotInitialized,
    /// Somebody gave a wrong one lately.
    CountLow,
    /// One more wrong one locks it.
    FinalTry,
    /// Too many wrong ones: only the security officer can set another.
    Locked,
    /// It must be changed before the token is used.
    ToBeChanged,
}

/// A token, the internal one included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// Identifier in paths: `internal`, or the label; where two tokens share one, with the serial number behind it.
    pub id: String,
    /// Its label: what `certutil -h` takes, and what stands before the colon of `token:nickname`.
    pub label: String,
    /// Name of its module.
    pub module: String,
    /// Who made it.
    pub manufacturer: String,
    /// Model.
    pub model: String,
    /// Serial number.
    pub serial_number: String,
    /// PKCS#11 URI (RFC 7512).
    pub pkcs11_uri: String,
    /// Whether it has been initialised.
    pub initialized: bool,
    /// Whether private objects need a login.
    pub login_required: bool,
    /// True while the console is logged in, or no login is needed.
    pub unlocked: bool,
    /// Whether it can be written.
    pub write_protected: bool,
    /// Whether the PIN is typed on the device itself, which the console cannot do.
    pub protected_authentication_path: bool,
    /// State of its password.
    pub pin: PinState,
    /// Whether its slot is switched on.
    pub enabled: bool,
    /// Mechanisms that it offers, by their PKCS#11 names where they are known.
    pub mechanisms: Vec<String>,
}

/// Adds a module. It is tried in a process of its own first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewModule {
    /// Name of the module, as `modutil -add` takes it.
    pub name: String,
    /// Absolute path of the library on the server.
    pub library: String,
    /// What is handed to the library when it is initialised; most want nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<String>,
    /// What NSS uses it for by default, in modutil's words: `RSA`, `AES`, `RANDOM`, `FRIENDLY`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_mechanisms: Vec<String>,
}

/// Changes a module: what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModuleChange {
    /// Switches slots on or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Which slot, by its id or description; all slots when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// Switches FIPS mode on or off, as `modutil -fips`: of the internal module only, which has another name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fips: Option<bool>,
    /// What NSS uses it for by default, in modutil's words; an empty list for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_mechanisms: Option<Vec<String>>,
}

/// A certificate on a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenCertificate {
    /// SHA-256 of the DER, lower-case hex: its address.
    pub fingerprint_sha256: String,
    /// `token:nickname`, as certutil shows and takes it.
    pub nickname: String,
    /// Trust as NSS keeps it for certificates of tokens: in the internal database; `u` where the token has the key.
    pub trust: String,
    /// CKA_ID of the key pair on this token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The certificate.
    pub der: Base64,
}

/// A private key on a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenKey {
    /// CKA_ID, lower-case hex.
    pub id: String,
    /// CKA_LABEL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// In words: `RSA 2048`, `EC P-256`.
    pub algorithm: String,
    /// PKCS#11 URI (RFC 7512).
    pub pkcs11_uri: String,
    /// Addresses of its certificates on the token.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// Identifiers of requests that wait for its certificate.
    #[serde(default)]
    pub requests: Vec<String>,
    /// True when neither certificate nor request belongs to it.
    #[serde(default)]
    pub orphan: bool,
}

/// Puts a certificate on a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateForToken {
    /// The certificate: PEM, or Base64 of its DER, with any text around it.
    pub content: String,
    /// Nickname, with or without the token's name and a colon before it.
    pub nickname: String,
    /// Trust letters; kept in the internal database, which must be unlocked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
}

/// Changes a certificate on a token: what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenCertificateChange {
    /// Nickname, with or without the token's name and a colon before it; all certificates of the subject on the token get it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Trust letters, three fields; kept in the internal database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
}

/// Makes a key pair on a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyForToken {
    /// Algorithm and size.
    pub algorithm: KeyAlgorithm,
    /// CKA_LABEL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}
