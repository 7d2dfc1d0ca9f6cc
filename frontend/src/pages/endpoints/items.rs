//! The lines of the matrix: endpoints under the heads of their groups, in an order that no probe changes.

use std::collections::HashMap;
use std::sync::Arc;

use certdeck_shared::api::endpoint::{Endpoint, EndpointSource, EndpointState};
use certdeck_shared::x509::fingerprint::colons;

use super::filter::Filter;

/// Endpoints by their identifiers.
pub type Known = HashMap<String, Arc<Endpoint>>;

/// What stands together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Those of a service; those that were added by hand come last.
    Service,
    /// Those that serve the same certificate.
    Certificate,
    /// Those of a host.
    Host,
}

impl Grouping {
    /// All, with the words of their buttons.
    pub const ALL: [(Self, &'static str); 3] = [(Self::Service, "Service"), (Self::Certificate, "Certificate"), (Self::Host, "Host")];
}

/// A line; those that are equal are drawn the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// The head of a group.
    Group(Group),
    /// An endpoint, by its identifier.
    Row(String),
}

/// The head of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Group {
    /// What the endpoints of a group share; their order.
    key: (u8, String, String),
    /// Its name.
    pub title: String,
    /// What stands behind it.
    pub note: String,
    /// The service that it is.
    pub service: Option<String>,
}

impl Item {
    /// The endpoint of a line that has one.
    pub fn id(&self) -> Option<&String> {
        match self {
            Self::Group(_) => None,
            Self::Row(id) => Some(id),
        }
    }
}

/// The lines that filter and state leave.
pub fn lines(known: &Known, filter: &Filter, only: Option<EndpointState>, grouping: Grouping) -> Vec<Item> {
    let passing = known.values().filter(|endpoint| only.is_none_or(|state| endpoint.state == state) && filter.has(endpoint));
    let mut rows: Vec<(Group, &Arc<Endpoint>)> = passing.map(|endpoint| (group(endpoint, grouping), endpoint)).collect();
    rows.sort_by(|(group, one), (other_group, other)| {
        group
            .key
            .cmp(&other_group.key)
            .then_with(|| one.host.cmp(&other.host))
            .then_with(|| (one.port, &one.server_name, &one.id).cmp(&(other.port, &other.server_name, &other.id)))
    });
    let mut items = Vec::with_capacity(rows.len() + 8);
    for run in rows.chunk_by(|(one, _), (other, _)| one.key == other.key) {
        if let Some((group, _)) = run.first() {
            let count = match run.len() {
                1 => "1 endpoint".to_owned(),
                count => format!("{count} endpoints"),
            };
            let note = [group.note.as_str(), count.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            items.push(Item::Group(Group { note, ..group.clone() }));
        }
        items.extend(run.iter().map(|(_, endpoint)| Item::Row(endpoint.id.clone())));
    }
    items
}

fn group(endpoint: &Endpoint, grouping: Grouping) -> Group {
    let named = |key: (u8, String, String), title: &str| Group { key, title: title.to_owned(), note: String::new(), service: None };
    let last = |title: &str| named((1, String::new(), String::new()), title);
    match (grouping, &endpoint.source, &endpoint.leaf) {
        (Grouping::Service, EndpointSource::Service { service, label, .. }, _) => {
            Group { service: Some(service.clone()), ..named((0, label.to_lowercase(), service.clone()), label) }
        }
        (Grouping::Service, EndpointSource::Hand, _) => last("Added by hand"),
        (Grouping::Certificate, _, Some(leaf)) => {
            let print = leaf.fingerprint_sha256.get(..12).map(colons).unwrap_or_default();
            Group { note: print, ..named((0, leaf.name.to_lowercase(), leaf.fingerprint_sha256.clone()), &leaf.name) }
        }
        (Grouping::Certificate, _, None) => last("No certificate seen"),
        (Grouping::Host, ..) => named((0, endpoint.host.clone(), String::new()), &endpoint.host),
    }
}
