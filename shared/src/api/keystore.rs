//! Files that hold private keys: brought in, and given out to who enters the password again.

use serde::{Deserialize, Serialize};

use super::bytes::Base64;
use super::import::ImportOutcome;

/// Imports a file that holds private keys: PKCS#12, JKS, or keys (PKCS#8, encrypted or not, PKCS#1, SEC 1) and certificates as PEM or DER.
/// What it is is found by looking. With `?preview=true` nothing is written.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeystoreImport {
    /// The file as it is.
    pub file: Base64,
    /// Password of the file; the empty one is tried when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Password of the keys in it, where they have another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_password: Option<String>,
    /// Where keys and certificates go: label or identifier of a token, or its PKCS#11 URI (`pk12util -h`); the database when absent, unless a
    /// nickname names a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Nicknames instead of those in the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nicknames: Vec<ChosenNickname>,
    /// Import keys even when no certificate belongs to them, neither in the file nor in the database.
    #[serde(default)]
    pub accept_keys_without_certificate: bool,
}

/// A nickname for a certificate of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChosenNickname {
    /// SHA-256 of the certificate's DER, hex.
    pub fingerprint_sha256: String,
    /// The nickname.
    pub nickname: String,
}

/// Kind of a file that holds keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeystoreKind {
    /// PKCS#12 (RFC 7292).
    Pkcs12,
    /// JKS, Java's own.
    Jks,
    /// Keys and certificates as PEM or DER.
    Keys,
}

/// What is in a file, and what becomes of it; with `applied` what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeystoreReport {
    /// False for a preview.
    pub applied: bool,
    /// Kind of the file.
    pub kind: KeystoreKind,
    /// How the password protects it: `AES-256, 600000 rounds`. Empty where nothing is encrypted.
    pub protections: Vec<String>,
    /// What is to be said about the file.
    pub remarks: Vec<String>,
    /// The private keys in it.
    pub keys: Vec<KeyOutcome>,
    /// The certificates in it, in order.
    pub certificates: Vec<ImportOutcome>,
    /// The snapshot taken before.
    pub snapshot: Option<String>,
    /// Revision of the database.
    pub revision: String,
}

/// One private key of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyOutcome {
    /// CKA_ID that it gets or has, lower-case hex.
    pub id: String,
    /// In words: `RSA 2048`, `EC P-256`.
    pub algorithm: String,
    /// Its name in the file.
    pub name: Option<String>,
    /// True when the very same key is in the database already; it is left alone.
    pub present: bool,
    /// Certificates that belong to it, of the file and of the database, by address.
    pub certificates: Vec<String>,
}

/// How a PKCS#12 file is sealed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pkcs12Strength {
    /// AES-256, PBKDF2 and checksum with SHA-256: everything since about 2019 reads it.
    #[default]
    Modern,
    /// 3DES for the key, RC2-40 for the certificates, SHA-1: for old readers only. The certificates are as good as unprotected.
    Legacy,
}

/// Exports a certificate with its private key as PKCS#12, as `pk12util -o` does.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pkcs12Export {
    /// Password of the database, entered again: a key leaves for nothing less. Empty for a database without password. For a key on a token that
    /// token's password.
    pub database_password: String,
    /// Password for the file.
    pub file_password: String,
    /// How it is sealed.
    #[serde(default)]
    pub strength: Pkcs12Strength,
    /// Name of key and certificate in the file; the nickname when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// Leave the issuers' certificates out.
    #[serde(default)]
    pub without_chain: bool,
    /// Accept a password for the file that the quality check refuses, also none.
    #[serde(default)]
    pub accept_weak_password: bool,
}

/// Format of a key store for Java.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeystoreFormat {
    /// PKCS#12, which Java reads since version 8 and prefers since 9; with AES since 8u301 and 11.0.12.
    #[default]
    Pkcs12,
    /// JKS, for what is older. Its protection is weak.
    Jks,
}

/// Exports a certificate with its private key and chain as a key store for Tomcat and other Java programs.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeystoreExport {
    /// Password of the database, entered again.
    pub database_password: String,
    /// Password for the store and for the key in it: Tomcat takes one for both.
    pub store_password: String,
    /// Format of the store.
    #[serde(default)]
    pub format: KeystoreFormat,
    /// Name of the entry; `tomcat` when absent. Java folds it to lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Accept a password for the store that the quality check refuses, such as `changeit`.
    #[serde(default)]
    pub accept_weak_password: bool,
}

/// What goes into a PEM bundle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BundleParts {
    /// The certificate and its issuers without the root: what a server sends (Apache from 2.4.8, nginx, Postfix, Dovecot).
    #[default]
    LeafAndChain,
    /// The certificate and its issuers up to the root.
    FullChain,
    /// The issuers up to the root: a file of CA certificates.
    Chain,
    /// The private key.
    Key,
    /// The private key, the certificate, its issuers without the root, in this order: Postfix from 3.4 and HAProxy take it so.
    All,
}

impl BundleParts {
    /// Whether the private key is among them.
    #[must_use]
    pub fn has_key(self) -> bool {
        matches!(self, Self::Key | Self::All)
    }
}

/// Exports a PEM bundle. Bundles with a key need the database's password.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BundleExport {
    /// What goes into it.
    pub parts: BundleParts,
    /// Password of the database, entered again, where a key is among the parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_password: Option<String>,
    /// Encrypts the key with this password (PKCS#8, AES-256); it is readable for everyone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_password: Option<String>,
    /// Accept a password for the key that the quality check refuses.
    #[serde(default)]
    pub accept_weak_password: bool,
    /// Accept a chain whose issuer is not in the database.
    #[serde(default)]
    pub accept_incomplete_chain: bool,
}

/// Format of a bundle with a key from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OutsideKeyFormat {
    /// PKCS#12, AES-256.
    #[default]
    Pkcs12,
    /// The private key, the certificate, its issuers without the root, as PEM.
    Pem,
}

/// Joins a private key that is kept outside the database with the CA's answer to its request. The key passes through and is not kept.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutsideKeyBundle {
    /// The file that holds the key: PKCS#8 (encrypted or not), PKCS#1, SEC 1, PKCS#12 or JKS.
    pub file: Base64,
    /// Password of that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Format of the bundle.
    #[serde(default)]
    pub format: OutsideKeyFormat,
    /// Password of the bundle. PKCS#12 needs one; in PEM the key is readable for everyone when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_password: Option<String>,
    /// Accept a password for the bundle that the quality check refuses, also none.
    #[serde(default)]
    pub accept_weak_password: bool,
}
