//! The filter of the matrix: words that must all be said somewhere, and words about one field, such as `state:stale` or `host:mail`.

use certdeck_shared::api::endpoint::{Endpoint, EndpointSource};

use super::words::{protocol_words, tls_words};
use crate::state::filter::{Term, terms};

/// A parsed filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    terms: Vec<Term<Field>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    State,
    Host,
    Port,
    Protocol,
    Name,
    Service,
    Tag,
    Tls,
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Self {
        Self { terms: terms(text, field) }
    }

    /// Whether an endpoint passes.
    pub fn has(&self, endpoint: &Endpoint) -> bool {
        self.terms.iter().all(|term| term.has(endpoint) != term.negated)
    }
}

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "state" => Field::State,
        "host" => Field::Host,
        "port" => Field::Port,
        "protocol" => Field::Protocol,
        "name" | "cert" => Field::Name,
        "service" => Field::Service,
        "tag" => Field::Tag,
        "tls" => Field::Tls,
        _ => return None,
    })
}

impl Term<Field> {
    fn has(&self, endpoint: &Endpoint) -> bool {
        let value = self.value.as_str();
        let within = |text: &str| text.to_lowercase().contains(value);
        let some_within = |text: &Option<String>| text.as_deref().is_some_and(within);
        let names = || {
            let mut leaves = endpoint.leaf.iter().chain(&endpoint.other_leaf);
            some_within(&endpoint.label)
                || leaves.any(|leaf| within(&leaf.name) || within(&leaf.public_key) || leaf.fingerprint_sha256.starts_with(value))
        };
        let host = || within(&endpoint.host) || some_within(&endpoint.server_name);
        let service = || match &endpoint.source {
            EndpointSource::Service { label, endpoint, .. } => within(label) || within(endpoint),
            EndpointSource::Hand => false,
        };
        let protocol = || within(protocol_words(endpoint.protocol, endpoint.tls)) || within(tls_words(endpoint.protocol, endpoint.tls));
        let tls = || some_within(&endpoint.tls_version) || some_within(&endpoint.cipher_suite) || some_within(&endpoint.key_exchange_group);
        let tag = || endpoint.tags.iter().any(|tag| within(tag));
        match self.field {
            Some(Field::State) => endpoint.state.name().starts_with(value),
            Some(Field::Host) => host(),
            Some(Field::Port) => endpoint.port.to_string() == value,
            Some(Field::Protocol) => protocol(),
            Some(Field::Name) => names(),
            Some(Field::Service) => service(),
            Some(Field::Tag) => tag(),
            Some(Field::Tls) => tls(),
            None => {
                let address = [&endpoint.host, ":", &endpoint.port.to_string()].concat();
                within(&address) || host() || names() || service() || protocol() || tag() || tls()
            }
        }
    }
}
