//! Revocation lists (RFC 5280 section 5): of a CA in the database, and all that lie in a database.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::validation::ListStanding;
use crate::x509::revocation_list::Revoked;

/// Why a certificate was revoked (RFC 5280 section 5.3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum RevocationReason {
    /// Not said.
    #[default]
    Unspecified,
    /// Somebody else may have the key.
    KeyCompromise,
    /// Somebody else may have the CA's key.
    #[serde(rename = "cACompromise")]
    CaCompromise,
    /// Name or organization has changed.
    AffiliationChanged,
    /// Another certificate has taken its place.
    Superseded,
    /// No longer needed.
    CessationOfOperation,
    /// Held for now; can be taken back.
    CertificateHold,
    /// Taken off the hold: the certificate is good again.
    #[serde(rename = "removeFromCRL")]
    RemoveFromCrl,
    /// The subject lost a right that the certificate states.
    PrivilegeWithdrawn,
    /// Somebody else may have the key of an attribute authority.
    #[serde(rename = "aACompromise")]
    AaCompromise,
}

impl RevocationReason {
    /// Every reason, in the order of RFC 5280.
    pub const ALL: [Self; 10] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::RemoveFromCrl,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// CRLReason (RFC 5280 section 5.3.1); 7 is not used.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }

    /// In words: `key compromised`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Unspecified => "not said",
            Self::KeyCompromise => "key compromised",
            Self::CaCompromise => "key of the CA compromised",
            Self::AffiliationChanged => "name or organization changed",
            Self::Superseded => "replaced by another certificate",
            Self::CessationOfOperation => "no longer needed",
            Self::CertificateHold => "held for now",
            Self::RemoveFromCrl => "taken off the hold",
            Self::PrivilegeWithdrawn => "right withdrawn",
            Self::AaCompromise => "key of the attribute authority compromised",
        }
    }
}

/// When the next list is due. At most one of the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NextUpdate {
    /// Days from now; 30 when nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// The moment.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub at: Option<OffsetDateTime>,
}

/// Makes a new revocation list with what is revoked so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NewRevocationList {
    /// When the next one is due.
    pub next_update: NextUpdate,
}

/// Revokes a certificate of a CA, by one of `serial_number` and `fingerprint_sha256`, and makes a new list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NewRevocation {
    /// Serial number, decimal or `0x` and hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// Address of a certificate that is in the database or was issued here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint_sha256: Option<String>,
    /// Why.
    pub reason: RevocationReason,
    /// Since when it is not to be trusted, where that is earlier.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub invalidity_date: Option<OffsetDateTime>,
    /// When the next list is due.
    pub next_update: NextUpdate,
}

/// A revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revocation {
    /// Serial number, lower-case hex.
    pub serial_number: String,
    /// Subject of the certificate, where the console knows it.
    pub subject: Option<String>,
    /// Address of the certificate, where the console knows it.
    pub fingerprint_sha256: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub revoked_at: OffsetDateTime,
    /// Why.
    pub reason: RevocationReason,
    /// Since when it is not to be trusted, where that is earlier.
    #[serde(with = "time::serde::rfc3339::option", default, skip_serializing_if = "Option::is_none")]
    pub invalidity_date: Option<OffsetDateTime>,
}

/// A CA's revocation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationList {
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// CRL number; absent when the list has none.
    pub number: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub this_update: OffsetDateTime,
    /// When the next one is due; absent when the list does not say.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_update: Option<OffsetDateTime>,
    /// Name of its signature algorithm.
    pub signature_algorithm: String,
    /// What is revoked.
    pub revoked: Vec<Revocation>,
    /// The list.
    pub pem: String,
}

/// The revocation lists that lie in a database, whoever put them there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredLists {
    /// Revision of the database.
    pub revision: String,
    /// The lists, in the order of the database.
    pub lists: Vec<StoredList>,
}

/// A revocation list that lies in a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredList {
    /// SHA-256 of the list, lower-case hex: its address.
    pub fingerprint_sha256: String,
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// Addresses of the certificates that bear the issuer's name.
    pub issuer_certificates: Vec<String>,
    /// CRL number, decimal; `0x` and hex where it is long. Absent when the list has none.
    pub number: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub this_update: OffsetDateTime,
    /// When the next one is due; absent when the list does not say.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_update: Option<OffsetDateTime>,
    /// Name of its signature algorithm.
    pub signature_algorithm: String,
    /// How many certificates it revokes.
    pub revoked_count: usize,
    /// Which of them are in this database.
    pub revoked_here: Vec<Revocation>,
    /// Whether NSS heeds it.
    pub standing: ListStanding,
    /// The same in words, with the cure where there is one.
    pub standing_in_words: String,
    /// Octets of the list.
    pub size: usize,
    /// Where it came from, when whoever stored it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The entry of the serial number that was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Revoked>,
}

/// What became of a revocation list that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportedList {
    /// The list.
    pub list: StoredList,
    /// Address of the one whose place it takes.
    pub replaced: Option<String>,
    /// The snapshot taken before; absent in a preview, and where the list was there already.
    pub snapshot: Option<String>,
}
