//! Certificates of a database.

use serde::{Deserialize, Serialize};

use super::bytes::Base64;
use super::validation::ElementRevocation;
use crate::x509::view::CertificateView;

/// One certificate of a database, as bytes and what NSS keeps beside them. The page parses the bytes itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateEntry {
    /// SHA-256 of the DER, lower-case hex; the certificate's address.
    pub fingerprint_sha256: String,
    /// Label; several certificates of one subject share it, and it may be absent.
    pub nickname: Option<String>,
    /// Trust flags as certutil prints them, `CT,C,C`, with `u` where the private key is here.
    pub trust: String,
    /// Whether the stored trust carries a good signature of the database. Absent where that was not checked, as in listings: ask for the
    /// one certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_authentic: Option<bool>,
    /// CKA_ID of the private key in this database, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// What revokes it, where a revocation list of the database does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<ElementRevocation>,
    /// The certificate.
    pub der: Base64,
}

/// All certificates of a database (`?representation=der`, the default).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateList {
    /// Revision of the database they were read at; also the ETag.
    pub revision: String,
    /// The certificates, in the order of the database.
    pub certificates: Vec<CertificateEntry>,
}

/// One certificate with its parsed view (`?representation=parsed`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParsedCertificate {
    /// SHA-256 of the DER, lower-case hex; the certificate's address.
    pub fingerprint_sha256: String,
    /// PKCS#11 URI (RFC 7512).
    pub pkcs11_uri: String,
    /// Label.
    pub nickname: Option<String>,
    /// Trust flags as certutil prints them.
    pub trust: String,
    /// The same in words.
    pub trust_in_words: Vec<String>,
    /// Whether the stored trust carries a good signature of the database. Absent where that was not checked: in listings (softoken derives a
    /// key for each trust object, some 15 ms) and while the token is locked or has no password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_authentic: Option<bool>,
    /// CKA_ID of the private key in this database.
    pub key_id: Option<String>,
    /// What revokes it, where a revocation list of the database does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<ElementRevocation>,
    /// The view; absent when the bytes do not parse.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub view: Option<CertificateView>,
    /// Why the bytes do not parse.
    pub parse_error: Option<String>,
}

/// All certificates with their views.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParsedCertificateList {
    /// Revision of the database they were read at.
    pub revision: String,
    /// The certificates.
    pub certificates: Vec<ParsedCertificate>,
}

/// Changes one certificate; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateChange {
    /// New nickname, given to all certificates of the same subject, as NSS demands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// New trust flags, such as `CT,C,C`; `u` and `w` are accepted and not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
}

/// Changes the trust of several certificates at once, or none of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrustChanges {
    /// The changes; each certificate at most once.
    pub changes: Vec<TrustChange>,
}

/// The trust of one certificate, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrustChange {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// What the caller saw; the whole change is refused with 412 if one differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The flags wanted.
    pub trust: String,
}

/// What a change of trust stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrustChanged {
    /// One for each change, in order: what NSS now reports.
    pub certificates: Vec<TrustStored>,
    /// The snapshot taken before.
    pub snapshot: Option<String>,
    /// Revision of the database afterwards.
    pub revision: String,
}

/// Trust of one certificate after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrustStored {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// Flags before.
    pub before: String,
    /// Flags as stored.
    pub after: String,
}

/// Deletes several certificates at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateDeletion {
    /// Addresses of the certificates.
    pub fingerprints_sha256: Vec<String>,
    /// Delete their private keys too.
    #[serde(default)]
    pub with_keys: bool,
}

/// One certificate of a chain, leaf first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChainLink {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// Label.
    pub nickname: Option<String>,
    /// The certificate.
    pub der: Base64,
}

/// The chain as far as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chain {
    /// Leaf first.
    pub certificates: Vec<ChainLink>,
    /// True when the last one is self-issued.
    pub complete: bool,
    /// Subject of the issuer that is not in the database.
    pub missing_issuer: Option<String>,
}
