//! Renewal (same key) and re-key (new key), as RFC 3647 uses the words.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::issue::{IssuedCertificate, Validity};
use super::key::KeyAlgorithm;
use super::request::Request;

/// How a certificate gets a successor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RenewalMode {
    /// Same key. Of a certificate from outside: a request with the same key, whose answer installs the successor.
    #[default]
    Renew,
    /// New key. Of a certificate from outside: a request with a new key.
    ReKey,
    /// A request for an outside CA in any case; with the same key, or a new one when `key_algorithm` is given.
    Request,
}

/// Who issued the certificate to be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum IssuedBy {
    /// Itself.
    Itself,
    /// A CA whose certificate and key are in the database.
    AuthorityHere,
    /// A CA elsewhere.
    Outside,
}

/// Makes the successor of a certificate. The old one stays until somebody removes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Renewal {
    /// How.
    pub mode: RenewalMode,
    /// Kind of the new key; that of the old one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_algorithm: Option<KeyAlgorithm>,
    /// As long as the old one when absent, beginning now.
    pub validity: Validity,
    /// Serial number, decimal or `0x` and hex; 126 random bits when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
}

/// What a renewal would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewalProposal {
    /// Who issued it.
    pub issued_by: IssuedBy,
    /// Address of the issuer's certificate, where that is in the database.
    pub issuer_fingerprint_sha256: Option<String>,
    /// Nickname of the issuer's certificate.
    pub issuer_nickname: Option<String>,
    /// True when the private key is in the database, so that it can be kept.
    pub key_here: bool,
    /// Kind of the key, in words.
    pub key_algorithm: String,
    /// First second of the successor, when nothing else is said.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// Last second of the successor, when nothing else is said.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// Ways that are open.
    pub modes: Vec<RenewalMode>,
    /// Why some are not.
    pub obstacles: Vec<String>,
}

/// A field of the old certificate and of the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// Name of the field, as RFC 5280 has it.
    pub field: String,
    /// The old one's; absent when it has none.
    pub before: Option<String>,
    /// The new one's; absent when it has none.
    pub after: Option<String>,
}

/// What a renewal made: a certificate, or a request for the CA outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Renewed {
    /// Address of the old certificate, which is still there.
    pub renews: String,
    /// Who issued it.
    pub issued_by: IssuedBy,
    /// The successor, under the nickname and with the trust of the old one.
    pub certificate: Option<IssuedCertificate>,
    /// The request; its reply installs the successor under the nickname and with the trust of the old one.
    pub request: Option<Request>,
    /// Fields that differ between old and new.
    pub differences: Vec<Difference>,
}
