//! What needs a hand today, and what is watched.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::notice::Urgency;

/// What a concern is about: where it is put right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Concerned {
    /// A certificate of a database that ends soon, or has ended.
    Certificate {
        /// Identifier of the database.
        database: String,
        /// SHA-256 of its DER, lower-case hex.
        fingerprint_sha256: String,
    },
    /// An endpoint where a client gets no good connection, or another certificate than it should.
    Endpoint {
        /// Its identifier.
        endpoint: String,
    },
    /// A deployment that did not do what it was for.
    Deployment {
        /// Its identifier.
        deployment: String,
    },
    /// A database that cannot be read, whose files are open to others, or whose password is no secret.
    Database {
        /// Its identifier.
        database: String,
    },
    /// A database that is locked: nothing can be signed, renewed or deployed from it.
    Token {
        /// Identifier of the database.
        database: String,
    },
    /// A channel that does not take what people are to be told.
    Channel {
        /// Its identifier.
        channel: String,
    },
}

/// Something that needs a hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Concern {
    /// How much it hurries.
    pub urgency: Urgency,
    /// Where it is put right.
    pub about: Concerned,
    /// One line.
    pub title: String,
    /// What is so and what to do, as sentences.
    pub words: String,
    /// Since when it is known; absent for what is simply so.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// Who has said that they look after it.
    pub looked_after_by: Option<String>,
}

/// An endpoint with a good connection by means that are weak today: nobody is told of it by notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WeakEndpoint {
    /// Its identifier.
    pub endpoint: String,
    /// What people call it: its label, else host and port.
    pub name: String,
    /// The worst of what is weak there, as a sentence.
    pub words: String,
}

/// How much is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Watched {
    /// Registered databases, the console's own included.
    pub databases: usize,
    /// Their certificates.
    pub certificates: usize,
    /// Registered services.
    pub services: usize,
    /// Endpoints.
    pub endpoints: usize,
    /// Of these, where all is as it should be.
    pub good: usize,
    /// Of these, those with means that are weak today.
    pub weak: usize,
    /// Of these, those that nobody probes, or that could not be judged yet.
    pub not_judged: usize,
    /// Deployments under way.
    pub deployments_running: usize,
    /// What is open and was snoozed: nobody is to be reminded of it now.
    pub snoozed: usize,
}

/// The state of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Today {
    /// When this was so.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Name of the host that the console runs on.
    pub host: String,
    /// What needs a hand, the most urgent first.
    pub concerns: Vec<Concern>,
    /// The first few of the endpoints with weak means, what became so last first; `watched.weak` says how many there are.
    pub weak: Vec<WeakEndpoint>,
    /// How much is watched.
    pub watched: Watched,
}

/// Puts the most urgent first; of the same urgency what nobody looks after yet, then certificates, endpoints, deployments, databases and
/// channels, and what has been so longest.
pub fn in_order(concerns: &mut [Concern]) {
    concerns.sort_by(|one, other| {
        (one.urgency, one.looked_after_by.is_some(), rank(&one.about))
            .cmp(&(other.urgency, other.looked_after_by.is_some(), rank(&other.about)))
            .then_with(|| one.since.cmp(&other.since))
            .then_with(|| (&one.title, &one.about).cmp(&(&other.title, &other.about)))
    });
}

fn rank(about: &Concerned) -> u8 {
    match about {
        Concerned::Certificate { .. } => 0,
        Concerned::Endpoint { .. } => 1,
        Concerned::Deployment { .. } => 2,
        Concerned::Database { .. } => 3,
        Concerned::Token { .. } => 4,
        Concerned::Channel { .. } => 5,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_hurries_most_comes_first_and_what_somebody_has_in_hand_later() {
        let certificate = Concerned::Certificate { database: "d".into(), fingerprint_sha256: "00".into() };
        let endpoint = Concerned::Endpoint { endpoint: "e".into() };
        let token = Concerned::Token { database: "d".into() };
        let concern = |urgency, about: &Concerned, title: &str| Concern {
            urgency,
            about: about.clone(),
            title: title.into(),
            words: String::new(),
            since: Some(datetime!(2026-11-22 08:00 UTC)),
            looked_after_by: None,
        };
        let older = Concern { since: Some(datetime!(2026-11-20 08:00 UTC)), ..concern(Urgency::Urgent, &endpoint, "older") };
        let in_hand = Concern { looked_after_by: Some("ada".into()), ..concern(Urgency::Urgent, &certificate, "in hand") };
        let mut concerns = [
            concern(Urgency::Note, &token, "locked"),
            in_hand,
            concern(Urgency::Soon, &certificate, "due"),
            concern(Urgency::Urgent, &endpoint, "down"),
            older,
            concern(Urgency::Urgent, &certificate, "expired"),
        ];
        in_order(&mut concerns);
        let titles: Vec<&str> = concerns.iter().map(|concern| concern.title.as_str()).collect();
        assert_eq!(titles, ["expired", "older", "down", "in hand", "due", "locked"]);
    }
}
