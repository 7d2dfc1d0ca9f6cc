//! What is asked for, as facts: names by kind, usages and constraints in words.

use certdeck_shared::x509::usage;
use certdeck_shared::x509::view::GeneralNameView;

use crate::components::data::facts::{Fact, fact};

/// Alternative names by kind, one fact each.
pub fn name_facts(names: &[GeneralNameView]) -> Vec<Fact> {
    let (mut dns, mut ip, mut email, mut uri) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for name in names {
        match name {
            GeneralNameView::Dns(value) => dns.push(value.as_str()),
            GeneralNameView::Ip(value) => ip.push(value.as_str()),
            GeneralNameView::Email(value) => email.push(value.as_str()),
            GeneralNameView::Uri(value) => uri.push(value.as_str()),
            _ => {}
        }
    }
    let lists = [("DNS names", dns), ("Addresses", ip), ("E-mail", email), ("URIs", uri)];
    lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| fact(name, list.join(", "))).collect()
}

/// Usages and constraints, as far as there are any; `ca` holds the length of paths below a CA.
pub fn usage_facts(key: &[String], extended: &[String], ca: Option<Option<u32>>) -> Vec<Fact> {
    let mut all = Vec::new();
    if !key.is_empty() {
        all.push(fact("Key usage", key.iter().map(|name| usage::key_word(name)).collect::<Vec<_>>().join(", ")));
    }
    if !extended.is_empty() {
        all.push(fact("Extended", extended.iter().map(|name| usage::extended_word(name)).collect::<Vec<_>>().join(", ")));
    }
    match ca {
        Some(Some(0)) => all.push(fact("Constraints", "CA, no CA below it")),
        Some(Some(1)) => all.push(fact("Constraints", "CA, at most 1 CA below it")),
        Some(Some(length)) => all.push(fact("Constraints", ["CA, at most ", &length.to_string(), " CAs below it"].concat())),
        Some(None) => all.push(fact("Constraints", "CA")),
        None => {}
    }
    all
}
