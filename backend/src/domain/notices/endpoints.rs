//! Endpoints that are not as they should be.

use certdeck_shared::api::endpoint::{Endpoint, EndpointState};
use certdeck_shared::api::notice::{About, NoticeKind, Stage, Urgency};
use time::OffsetDateTime;

use super::certificates;
use super::condition::Condition;
use crate::state::NoticeRecord;

/// How an endpoint stands, for those who are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointNews {
    /// Identifier of the endpoint.
    pub id: String,
    /// What people call it: its label, else host and port.
    pub label: String,
    /// How it stands.
    pub state: EndpointState,
    /// The same as a sentence: the first rung that is broken, its cause and the cure.
    pub words: String,
    /// How near the end of its certificate is, by the policy that counts for it.
    pub stage: Option<Stage>,
    /// SHA-256 of its leaf, lower-case hex.
    pub leaf: Option<String>,
    /// When that ends.
    pub not_after: Option<OffsetDateTime>,
    /// Until when nobody is to be told of it.
    pub snoozed_until: Option<OffsetDateTime>,
}

impl EndpointNews {
    /// What a row of the matrix tells.
    #[must_use]
    pub fn of(endpoint: &Endpoint) -> Self {
        let leaf = endpoint.leaf.as_ref();
        Self {
            id: endpoint.id.clone(),
            label: endpoint.name(),
            state: endpoint.state,
            words: endpoint.words.clone(),
            stage: endpoint.due,
            leaf: leaf.map(|leaf| leaf.fingerprint_sha256.clone()),
            not_after: leaf.and_then(|leaf| leaf.not_after),
            snoozed_until: endpoint.snoozed_until,
        }
    }
}

/// Whether all of it was told already. Most probes find what the one before found.
pub(super) fn is_known(news: &EndpointNews, open: &[NoticeRecord]) -> bool {
    let subjects = of_endpoint(&news.id);
    let known = open.iter().find(|record| record.subject.starts_with(&subjects));
    match (condition(news), known) {
        (None, None) => true,
        (Some(now), Some(known)) => now.stage == known.notice.stage && now.rests_until <= known.notice.snoozed_until,
        _ => false,
    }
}

/// What the subjects of all endpoints begin with.
pub(super) const OF_ENDPOINTS: &str = "endpoint:";

/// What the subjects of an endpoint begin with. An identifier has no colon.
pub(super) fn of_endpoint(id: &str) -> String {
    format!("{OF_ENDPOINTS}{id}:")
}

/// What is to be told of it. Nobody is told of weak means, nor while nothing is known: the page shows them.
pub(super) fn condition(news: &EndpointNews) -> Option<Condition> {
    let (stage, urgency) = match (news.state, news.stage) {
        (EndpointState::Down | EndpointState::Broken, _) => (news.state.name().to_owned(), Urgency::Urgent),
        (EndpointState::Stale, _) => (news.state.name().to_owned(), Urgency::Soon),
        (EndpointState::Due, stage) => {
            let stage = stage.unwrap_or(Stage::FirstNotice);
            (format!("{}/{}", news.state.name(), stage.name()), certificates::urgency(stage))
        }
        (EndpointState::Weak | EndpointState::Good | EndpointState::Unknown | EndpointState::Paused, _) => return None,
    };
    Some(Condition {
        subject: format!("{}state", of_endpoint(&news.id)),
        kind: NoticeKind::EndpointState,
        title: format!("{} is {}", news.label, news.state.name()),
        words: news.words.clone(),
        stage,
        urgency,
        about: About {
            label: news.label.clone(),
            endpoint: Some(news.id.clone()),
            certificate: news.leaf.clone(),
            not_after: news.not_after,
            ..About::default()
        },
        rests_until: news.snoozed_until,
    })
}
