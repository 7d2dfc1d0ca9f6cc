//! What can be done, as far as a command line is to be shown for it.

use serde::{Deserialize, Serialize};

use crate::api::key::KeyAlgorithm;

/// A certificate by both its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedCertificate {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Nickname.
    pub nickname: String,
}

/// The trust of one certificate, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrustStep {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Nickname.
    pub nickname: String,
    /// Flags before.
    pub before: String,
    /// Flags wanted.
    pub trust: String,
}

/// An operation on a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Lists certificates.
    List,
    /// Shows a certificate.
    Show {
        /// Which.
        certificate: NamedCertificate,
    },
    /// Asks whether a certificate is valid.
    Validate {
        /// Which.
        certificate: NamedCertificate,
        /// Letter of certutil's usage: `V`.
        usage: char,
    },
    /// Changes trust.
    Trust {
        /// Of each certificate.
        changes: Vec<TrustStep>,
    },
    /// Gives another nickname.
    Rename {
        /// Which.
        certificate: NamedCertificate,
        /// The nickname wanted.
        new_nickname: String,
    },
    /// Deletes certificates.
    Delete {
        /// Which.
        certificates: Vec<NamedCertificate>,
        /// Their private keys, too.
        #[serde(default)]
        with_keys: bool,
    },
    /// Imports a certificate from a PEM file.
    Import {
        /// The file.
        file: String,
        /// Nickname.
        nickname: String,
        /// Trust flags.
        trust: String,
    },
    /// Lists private keys.
    Keys,
    /// Makes a key pair.
    GenerateKey {
        /// Algorithm and size.
        algorithm: KeyAlgorithm,
    },
    /// Makes a key pair and a request.
    Request {
        /// Subject, as certutil takes it.
        subject: String,
        /// DNS names.
        #[serde(default)]
        dns_names: Vec<String>,
        /// Algorithm and size of the key.
        algorithm: KeyAlgorithm,
        /// Nickname for the certificate to come.
        nickname: String,
        /// File for the request.
        file: String,
    },
    /// Makes a self-signed certificate of a server.
    SelfSigned {
        /// Nickname.
        nickname: String,
        /// Subject, as certutil takes it.
        subject: String,
        /// DNS names.
        #[serde(default)]
        dns_names: Vec<String>,
        /// Algorithm and size of the key.
        algorithm: KeyAlgorithm,
        /// Calendar months that it is valid.
        months: u32,
    },
    /// Exports a certificate with its private key.
    ExportPkcs12 {
        /// Which.
        certificate: NamedCertificate,
        /// The file.
        file: String,
    },
    /// Imports certificates with their private keys.
    ImportPkcs12 {
        /// The file.
        file: String,
    },
    /// Makes the database.
    Create,
    /// Makes the files of the current format from those of the old one.
    Convert,
    /// Takes over what is in another database.
    Merge {
        /// Identifier of the other database.
        source: String,
        /// Its directory.
        source_directory: String,
    },
    /// Lists PKCS#11 modules.
    Modules,
    /// Adds a PKCS#11 module.
    AddModule {
        /// Name.
        name: String,
        /// Library.
        library: String,
    },
}
