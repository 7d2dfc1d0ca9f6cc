//! Endpoints that serve by means that are weak today.

use std::cmp::Reverse;

use certdeck_shared::api::endpoint::{Endpoint, EndpointState};
use certdeck_shared::api::today::WeakEndpoint;

/// How many are named: who has more of them looks at the matrix.
const NAMED: usize = 5;

/// The first few of them, what became weak last first.
pub(super) fn first(endpoints: &[Endpoint]) -> Vec<WeakEndpoint> {
    let mut weak: Vec<&Endpoint> = endpoints.iter().filter(|endpoint| endpoint.state == EndpointState::Weak).collect();
    weak.sort_by_key(|endpoint| Reverse(endpoint.since));
    let told = |one: &Endpoint| WeakEndpoint { endpoint: one.id.clone(), name: one.name(), words: one.words.clone() };
    weak.into_iter().take(NAMED).map(told).collect()
}
