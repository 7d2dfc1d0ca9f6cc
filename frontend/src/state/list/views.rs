//! The saved views of the list.

use crate::state::row::Row;

/// A saved view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedView {
    /// Everything.
    All,
    /// Ends within ninety days.
    Expiring,
    /// TLS servers.
    Servers,
    /// Certification authorities.
    Authorities,
    /// With a private key here.
    WithKey,
    /// Weak key, weak signature and the like.
    Weak,
}

/// The views and their names.
pub const VIEWS: [(SavedView, &str); 6] = [
    (SavedView::All, "All"),
    (SavedView::Expiring, "Expiring in 90 d"),
    (SavedView::Servers, "Servers"),
    (SavedView::Authorities, "CAs"),
    (SavedView::WithKey, "With key"),
    (SavedView::Weak, "Weak"),
];

/// Ninety days, in seconds.
pub const NINETY_DAYS: i64 = 90 * 86_400;

impl SavedView {
    /// Whether a row belongs to it.
    pub fn has(self, row: &Row, now: i64) -> bool {
        match self {
            Self::All => true,
            Self::Expiring => row.not_after >= now && row.not_after <= now + NINETY_DAYS,
            Self::Servers => row.usage.contains("server"),
            Self::Authorities => row.ca,
            Self::WithKey => row.has_key(),
            Self::Weak => row.weak,
        }
    }
}
