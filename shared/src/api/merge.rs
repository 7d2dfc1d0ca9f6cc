//! Taking over what is in another database, as `certutil --merge` does.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Merges another registered database into this one. With `?preview=true` nothing is written.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Merge {
    /// Identifier of the database to take from; nothing in it changes.
    pub source: String,
    /// Its password, without which no private key leaves it. Needed where it has keys that are not here; empty when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_password: Option<String>,
}

/// What a merge will do, or with `applied` what it did. What is here already always wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergeReport {
    /// False for a preview.
    pub applied: bool,
    /// Where the two say different things, and what becomes of it, in words.
    pub conflicts: Vec<String>,
    /// Each certificate of the source.
    pub certificates: Vec<MergedCertificate>,
    /// What does not come over, and why, in words: keys of kinds that are not carried, symmetric keys, PKCS#11 modules.
    #[serde(default)]
    pub left_behind: Vec<String>,
    /// Each private key of the source.
    pub keys: Vec<MergedKey>,
    /// True in a preview when the source is of the old format and locked, which hides its private keys: they show for its password.
    #[serde(default)]
    pub keys_hidden: bool,
    /// Each revocation list of the source.
    #[serde(default)]
    pub revocation_lists: Vec<MergedRevocationList>,
    /// Each S/MIME profile of the source.
    #[serde(default)]
    pub smime_profiles: Vec<MergedSmimeProfile>,
    /// The snapshot taken before; absent when there was nothing to write.
    pub snapshot: Option<String>,
    /// Revision of this database.
    pub revision: String,
}

/// What becomes of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MergeOutcome {
    /// It is added.
    Added,
    /// It is here, and stays as it is.
    Present,
    /// It is here, and gets trust of the source where none was said here.
    TrustAdded,
    /// Another certificate of its issuer has its serial number here; it is not added.
    SerialNumberReused,
}

/// One certificate of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedCertificate {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Nickname in the source.
    pub source_nickname: Option<String>,
    /// Trust in the source.
    pub source_trust: String,
    /// What becomes of it.
    pub outcome: MergeOutcome,
    /// Nickname here, afterwards.
    pub nickname: Option<String>,
    /// Trust here, afterwards.
    pub trust: String,
}

/// One private key of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedKey {
    /// CKA_ID, lower-case hex.
    pub id: String,
    /// Label in the source; where it has none, the nickname of its certificate.
    pub label: Option<String>,
    /// In words: `RSA 2048`.
    pub algorithm: String,
    /// What becomes of it.
    pub outcome: KeyMergeOutcome,
}

impl MergedKey {
    /// Whether it is added.
    #[must_use]
    pub fn is_added(&self) -> bool {
        self.outcome == KeyMergeOutcome::Added
    }
}

/// What becomes of a private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyMergeOutcome {
    /// It is added.
    Added,
    /// It is here.
    Present,
    /// It is of a kind that is not carried.
    LeftBehind,
}

/// What becomes of a revocation list or an S/MIME profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RecordMergeOutcome {
    /// It is added.
    Added,
    /// One stands in its place here, and stays.
    Present,
}

/// One revocation list of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedRevocationList {
    /// Issuer (RFC 4514).
    pub issuer: String,
    /// When it was made; absent when it cannot be read.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub this_update: Option<OffsetDateTime>,
    /// When the next one is due.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub next_update: Option<OffsetDateTime>,
    /// What becomes of it.
    pub outcome: RecordMergeOutcome,
}

/// One S/MIME profile of the source: which algorithms a correspondent takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedSmimeProfile {
    /// Subject of the correspondent (RFC 4514).
    pub subject: String,
    /// Address.
    pub email: String,
    /// What becomes of it.
    pub outcome: RecordMergeOutcome,
}
