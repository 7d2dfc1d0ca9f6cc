//! The files that a configuration names, what is in them, and who reads them.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Place;

/// A file of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigFile {
    /// Path as the configuration names it.
    pub path: String,
    /// Where it is included.
    pub included: Option<Place>,
    /// Symbolic links on the way to it, each with what it points to: `/etc/a -> /etc/b`.
    pub links: Vec<String>,
    /// Owner.
    pub owner: String,
    /// Group.
    pub group: String,
    /// Mode in octal, such as `0644`.
    pub mode: String,
}

/// A registered database that holds a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holder {
    /// Identifier of the database.
    pub database: String,
    /// Its name for people.
    pub label: String,
    /// Nickname of the certificate there.
    pub nickname: Option<String>,
}

/// A certificate in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileCertificate {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Subject.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// Serial number, lower-case hex.
    pub serial_number: String,
    /// Subject alternative names.
    pub names: Vec<String>,
    /// Kind and size of the key, such as `RSA 2048`.
    pub public_key: String,
    /// Begin of its life.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// End of its life.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// Registered databases that hold it, found by fingerprint.
    pub holders: Vec<Holder>,
}

/// A private key in a file. The key itself never leaves the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FileKey {
    /// It can be read without a password.
    Plain,
    /// It needs a password, which a daemon cannot type.
    Encrypted,
}

/// A file that a setting names: certificate, key, chain or CA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedFile {
    /// Path as the configuration names it.
    pub path: String,
    /// Symbolic links on the way to it, each with what it points to.
    pub links: Vec<String>,
    /// Owner; absent when there is no such file.
    pub owner: Option<String>,
    /// Group.
    pub group: Option<String>,
    /// Mode in octal.
    pub mode: Option<String>,
    /// True for a key store (PKCS#12, JKS), which is opened with the password that the configuration names.
    pub key_store: bool,
    /// True for a directory of certificates.
    pub directory: bool,
    /// Certificates, in the order of the file.
    pub certificates: Vec<FileCertificate>,
    /// The first private key.
    pub key: Option<FileKey>,
    /// True for Debian's self-made pair that many packages share.
    pub snakeoil: bool,
    /// What is wrong with it, in words.
    pub findings: Vec<String>,
}

/// Who reads the private keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyReader {
    /// The user.
    pub user: String,
    /// When and how, as a sentence.
    pub words: String,
}

/// How sure something is that is known of a program nobody has here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// A manual of the program says so.
    Manual,
    /// Programs that use it do so: test suites, scripts.
    Source,
    /// Only remembered.
    Remembered,
}
