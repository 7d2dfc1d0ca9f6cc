//! Certificates made here: self-signed, issued by a CA in the database, or signed for a request from elsewhere.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::key::KeyAlgorithm;
use crate::request::{RequestForm, Template};

/// Where those who check a certificate find what its issuer says of it: URIs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct IssuerAddresses {
    /// Where the issuer's revocation list can be fetched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub crl_distribution_points: Vec<String>,
    /// OCSP responders of the issuer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ocsp: Vec<String>,
}

/// From when and for how long. Of `months`, `days` and `not_after` at most one; of `not_before` and `offset_months` at most one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Validity {
    /// Calendar months, as `certutil -v`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// The last second.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub not_after: Option<OffsetDateTime>,
    /// The first second; now when absent.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub not_before: Option<OffsetDateTime>,
    /// Calendar months from now until it begins, as `certutil -w`; may be negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset_months: Option<i32>,
}

/// The key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CertificateKey {
    /// A new key pair of this kind, made in the database.
    Algorithm(KeyAlgorithm),
    /// A key of the database, by CKA_ID in hex.
    KeyId(String),
}

impl Default for CertificateKey {
    fn default() -> Self {
        Self::Algorithm(KeyAlgorithm::EcP256)
    }
}

/// Makes a self-signed certificate, or with the template `ca` a root CA (`certutil -S -x`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSelfSigned {
    /// Nickname in the database.
    pub nickname: String,
    /// What it says. Without template and usages it is one of a TLS server; a server without alternative names gets its common name.
    pub form: RequestForm,
    /// What it says of its issuer.
    #[serde(default)]
    pub addresses: IssuerAddresses,
    /// Its key; a new one on P-256 when absent.
    #[serde(default)]
    pub key: CertificateKey,
    /// Three months when absent, ten years for a CA.
    #[serde(default)]
    pub validity: Validity,
    /// Serial number, decimal or `0x` and hex (`certutil -m`); 126 random bits when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// Trust flags; when absent `P,,` so that NSS takes it by itself, `C,C,C` for a CA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
}

/// Issues a certificate from a CA whose certificate and key are in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum NewIssued {
    /// For a key of the database, with what a form says (`certutil -S -c`).
    Form {
        /// Address of the CA's certificate.
        issuer: String,
        /// Nickname in the database.
        nickname: String,
        /// What it says. Without template and usages it is one of a TLS server; a server without alternative names gets its common name.
        form: Box<RequestForm>,
        /// What it says of its issuer.
        #[serde(default)]
        addresses: IssuerAddresses,
        /// Its key; a new one on P-256 when absent.
        #[serde(default)]
        key: CertificateKey,
        /// Three months when absent, five years for a CA; not longer than the issuer.
        #[serde(default)]
        validity: Validity,
        /// Serial number, decimal or `0x` and hex; 126 random bits when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial_number: Option<String>,
        /// Trust flags; none when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trust: Option<String>,
    },
    /// For somebody's request (`certutil -C`).
    Request {
        /// Address of the CA's certificate.
        issuer: String,
        /// The request: PEM with any text around it, or base64 DER.
        request: String,
        /// What is taken from it.
        #[serde(default)]
        policy: SigningPolicy,
        /// Three months when absent, five years for a CA; not longer than the issuer.
        #[serde(default)]
        validity: Validity,
        /// Serial number, decimal or `0x` and hex; 126 random bits when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial_number: Option<String>,
        /// Nickname under which the certificate is kept in the database, too; only handed out when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nickname: Option<String>,
    },
}

/// What becomes of a request's wishes. Whatever is not named here is left out: a request never makes itself an authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SigningPolicy {
    /// Subject instead of the request's, RFC 4514.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Take the alternative names that the request asks for: DNS names, addresses, e-mail addresses and URIs.
    pub copy_subject_alternative_names: bool,
    /// Alternative names instead of the request's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_alternative_names: Option<String>,
    /// Take key usage and extended key usage that the request asks for, but for signing certificates and revocation lists.
    pub copy_usages: bool,
    /// What the certificate is for; decides the usages that are not copied.
    pub template: Template,
    /// How many CAs may follow below; for CAs only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_length: Option<u8>,
    /// Take RSA keys under 2048 bits, too.
    pub accept_weak_key: bool,
    /// What the certificate says of its issuer.
    pub addresses: IssuerAddresses,
}

impl Default for SigningPolicy {
    fn default() -> Self {
        Self {
            subject: None,
            copy_subject_alternative_names: true,
            subject_alternative_names: None,
            copy_usages: false,
            template: Template::TlsServer,
            path_length: None,
            accept_weak_key: false,
            addresses: IssuerAddresses::default(),
        }
    }
}

/// What was done with a part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DecisionOutcome {
    /// Taken as the request has it.
    Copied,
    /// The policy says something else.
    Replaced,
    /// Not taken.
    LeftOut,
    /// Not asked for, and given.
    Added,
}

/// One part of a request and what the policy makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// What it is about: `subject`, `subjectAltName`, `keyUsage`, another extension or attribute.
    pub part: String,
    /// What the request says.
    pub asked: Option<String>,
    /// What was done with it.
    pub outcome: DecisionOutcome,
    /// What the certificate says.
    pub given: Option<String>,
    /// Why.
    pub reason: String,
}

/// What `?preview=true` answers: nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuancePreview {
    /// Subject of the certificate to come, RFC 4514.
    pub subject: String,
    /// Its first second.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// Its last second.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// What becomes of each part of the request.
    pub decisions: Vec<Decision>,
    /// What its author should know.
    pub notes: Vec<String>,
}

/// A certificate that was made here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedCertificate {
    /// SHA-256 of the DER, lower-case hex; its address when it is in the database.
    pub fingerprint_sha256: String,
    /// Nickname in the database; absent when it was only handed out.
    pub nickname: Option<String>,
    /// Subject, RFC 4514.
    pub subject: String,
    /// Serial number, lower-case hex.
    pub serial_number: String,
    /// Its first second.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// Its last second.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// CKA_ID of its key when that is in the database, lower-case hex.
    pub key_id: Option<String>,
    /// The certificate.
    pub pem: String,
    /// The certificates above it, each the issuer of the one before, as PEM.
    pub chain_pem: String,
    /// What became of each part of the request, where there was one.
    pub decisions: Vec<Decision>,
    /// What its author should know.
    pub notes: Vec<String>,
    /// The snapshot taken before.
    pub snapshot: Option<String>,
    /// Revision of the database afterwards.
    pub revision: String,
}

/// A certificate that the console remembers to have issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedRecord {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Subject, RFC 4514.
    pub subject: String,
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// Serial number, lower-case hex.
    pub serial_number: String,
    /// Its last second.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// True while it is in the database.
    pub in_database: bool,
    /// The certificate.
    pub pem: String,
    /// Who issued it.
    pub created_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}
