//! How an endpoint stands, and where it comes from.

use serde::{Deserialize, Serialize};

/// How an endpoint stands, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EndpointState {
    /// Nothing answers: refused, filtered, no address, silent.
    Down,
    /// It answers, and a client cannot get a good connection: STARTTLS or handshake broken, expired, wrong name, chain not whole.
    Broken,
    /// It serves another certificate than its file or its database has.
    Stale,
    /// The certificate ends soon, by the policy that counts for it.
    Due,
    /// A good connection by means that are weak today: an old protocol, a short key, a weak cipher.
    Weak,
    /// Everything is as it should be.
    Good,
    /// Not probed yet, or not to be judged: the words say why.
    Unknown,
    /// Not probed, because somebody said so.
    Paused,
}

impl EndpointState {
    /// All, the worst first.
    pub const ALL: [Self; 8] = [Self::Down, Self::Broken, Self::Stale, Self::Due, Self::Weak, Self::Good, Self::Unknown, Self::Paused];

    /// As it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Broken => "broken",
            Self::Stale => "stale",
            Self::Due => "due",
            Self::Weak => "weak",
            Self::Good => "good",
            Self::Unknown => "unknown",
            Self::Paused => "paused",
        }
    }

    /// The letter of a day in [`RecentDays`](super::RecentDays).
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Down => 'x',
            Self::Broken => 'b',
            Self::Stale => 's',
            Self::Due => 'd',
            Self::Weak => 'w',
            Self::Good => 'g',
            Self::Unknown => 'u',
            Self::Paused => 'p',
        }
    }
}

/// Why an endpoint is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum EndpointSource {
    /// The configuration of a registered service has it. It comes and goes with that.
    Service {
        /// The service.
        service: String,
        /// Its name for people.
        label: String,
        /// Name of the endpoint there.
        endpoint: String,
    },
    /// Somebody added it.
    Hand,
}
