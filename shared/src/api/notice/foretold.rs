//! What a policy would mean for the certificates that are there.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Stage;

/// When each stage begins for a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Begins {
    /// The first notice.
    #[serde(with = "time::serde::rfc3339")]
    pub first_notice: OffsetDateTime,
    /// The reminder.
    #[serde(with = "time::serde::rfc3339")]
    pub reminder: OffsetDateTime,
    /// The last days.
    #[serde(with = "time::serde::rfc3339")]
    pub last_days: OffsetDateTime,
}

/// A certificate of a database under a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForetoldCertificate {
    /// Identifier of its database.
    pub database: String,
    /// Label of the database.
    pub label: String,
    /// SHA-256 of its DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Its nickname, else the name people use.
    pub name: String,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// Place of the rule that counts for it, from 0; absent when what counts for all others does.
    pub rule: Option<usize>,
    /// When each stage begins; absent when nobody is told of it.
    pub begins: Option<Begins>,
    /// How near its end would be at once by this policy.
    pub stage: Option<Stage>,
    /// How near it is by the policy in force.
    pub stage_now: Option<Stage>,
}

/// What a policy would mean: for certificates of databases, without those that have a successor or ended more than 30 days ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyPreview {
    /// The first 200, what is told of first first; those that nobody is told of last.
    pub certificates: Vec<ForetoldCertificate>,
    /// How many there are in all.
    pub total: usize,
    /// How many would be told of at once, or anew at another stage, by setting the policy.
    pub told_at_once: usize,
    /// How many that are due now would not be any more.
    pub no_longer: usize,
    /// How many nobody would be told of.
    pub silent: usize,
}
