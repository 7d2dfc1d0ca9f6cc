//! What becomes of certificates as the CAs' rules change.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A certificate on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardCertificate {
    /// Identifier of the database.
    pub database: String,
    /// Its label.
    pub label: String,
    /// SHA-256 of its DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Nickname.
    pub nickname: Option<String>,
    /// The name people use.
    pub name: String,
    /// The same of its issuer.
    pub issuer: String,
    /// Days that it lives, begun ones as whole ones.
    pub lifetime_days: u32,
    /// Begin of its life.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// End of its life.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
}

/// A certificate that lives longer than the next one may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SmallerLifetime {
    /// The certificate.
    pub certificate: BoardCertificate,
    /// It began when the limit already counted: browsers refuse it.
    pub broken: bool,
    /// Renewals a year with its present lifetime.
    pub renewals_now: u16,
    /// Renewals a year with the longest one that is allowed.
    pub renewals_then: u16,
}

/// A step of the limits on the lifetime of TLS server certificates of public CAs (CA/Browser Forum, ballot SC-081v3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Milestone {
    /// Longest lifetime, days.
    pub days: u16,
    /// Longest reuse of a proof that the domain is one's own, days.
    pub proof_days: u16,
    /// It counts for certificates that are issued from this instant on.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// Whether it counts now.
    pub in_force: bool,
    /// Certificates of public CAs that live longer and end after its begin, so that the next one must be shorter; and those that it breaks.
    pub certificates: Vec<SmallerLifetime>,
}

/// What breaks when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Board {
    /// The limits: 200, 100 and 47 days.
    pub milestones: Vec<Milestone>,
    /// Certificates of public CAs that say they are for TLS clients. Most CAs ended that in 2026, and Chrome's root programme (policy 1.8)
    /// does for what is issued from 2027-03-15 on: the next one will not be for clients, and a server that asks for one will refuse it.
    pub client_certificates: Vec<BoardCertificate>,
    /// Certificates of public CAs that were looked at: those with signed timestamps of a log, or a policy of the CA/Browser Forum.
    pub public: u32,
    /// Certificates of other CAs, which have rules of their own.
    pub private: u32,
}
