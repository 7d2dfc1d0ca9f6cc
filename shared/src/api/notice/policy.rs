//! When a certificate is due.

use serde::{Deserialize, Serialize};

/// How near the end of a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Time to renew it.
    FirstNotice,
    /// It should have been renewed.
    Reminder,
    /// The last days.
    LastDays,
    /// Its last second is over.
    Expired,
}

impl Stage {
    /// As it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstNotice => "first-notice",
            Self::Reminder => "reminder",
            Self::LastDays => "last-days",
            Self::Expired => "expired",
        }
    }
}

/// A time before the end: days, a share of the lifetime, or both, and then the shorter of the two counts. So one rule does for certificates
/// of ten years and of 47 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lead {
    /// Days before the end, 1 to 3,650.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// Percent of the lifetime that are left, 1 to 99.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
}

/// When each stage begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timing {
    /// The first notice.
    pub first_notice: Lead,
    /// The second one; later than the first.
    pub reminder: Lead,
    /// The last days; later than the second.
    pub last_days: Lead,
}

/// Which certificates a rule is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Selector {
    /// Those of this nickname in a database, so that a renewed one follows.
    Certificate {
        /// Identifier of the database.
        database: String,
        /// The nickname.
        nickname: String,
    },
    /// Those of endpoints with this tag.
    Tag {
        /// The tag.
        tag: String,
    },
    /// All of a database.
    Database {
        /// Identifier of the database.
        database: String,
    },
    /// Those whose issuer has this common name, or organization, or whole name as text (RFC 4514); upper and lower case are the same.
    Issuer {
        /// The name.
        name: String,
    },
}

/// When some certificates are due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExpiryRule {
    /// Which certificates.
    pub applies_to: Selector,
    /// When they are due; absent: never, nobody is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
}

/// When certificates are due, and how often people are reminded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExpiryPolicy {
    /// The rules; the first one that is for a certificate counts.
    pub rules: Vec<ExpiryRule>,
    /// What counts for all others.
    pub otherwise: Timing,
    /// Hours after which what is still so is told again, 1 to 8,760; 0 for never. It counts for every kind of notice.
    pub remind_after_hours: u16,
}

impl Default for ExpiryPolicy {
    /// 30, 14 and 7 days; or a third, 15 and 7 percent of the lifetime, which is shorter for certificates of less than three months.
    fn default() -> Self {
        let lead = |days, percent| Lead { days: Some(days), percent: Some(percent) };
        let otherwise = Timing { first_notice: lead(30, 33), reminder: lead(14, 15), last_days: lead(7, 7) };
        Self { rules: Vec::new(), otherwise, remind_after_hours: 72 }
    }
}
