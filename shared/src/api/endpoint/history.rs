//! What became of an endpoint, day by day.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::EndpointState;

/// The last days of an endpoint, for a small plot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecentDays {
    /// The first of them (UTC), such as `2026-11-22`.
    pub first: String,
    /// The worst state of each day by its letter (`x` down, `b` broken, `s` stale, `d` due, `w` weak, `g` good, `u` unknown, `p` paused);
    /// `-` for a day without a probe.
    pub worst: String,
    /// Mean time of a handshake on each day, milliseconds; 0 when there was none.
    pub milliseconds: Vec<u32>,
}

/// A change of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointEvent {
    /// When it was seen.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// How it stood from then on.
    pub state: EndpointState,
    /// What was different, as a sentence.
    pub words: String,
    /// SHA-256 of the leaf from then on, lower-case hex.
    pub leaf: Option<String>,
}

/// A day of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointDay {
    /// Which (UTC), such as `2026-11-22`.
    pub day: String,
    /// Probes of that day.
    pub probes: u32,
    /// Those that did not come to a completed handshake.
    pub failed: u32,
    /// The worst state.
    pub worst: EndpointState,
    /// Mean time of a handshake, milliseconds; 0 when there was none.
    pub milliseconds_mean: u32,
    /// The slowest one.
    pub milliseconds_most: u32,
}

/// The history of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointHistory {
    /// Its days, the oldest first; those without a probe are left out.
    pub days: Vec<EndpointDay>,
    /// What changed, the newest first.
    pub changes: Vec<EndpointEvent>,
}
