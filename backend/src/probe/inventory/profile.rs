//! What an endpoint takes, beside a recommendation of Mozilla's.

use certdeck_shared::api::inventory::{
    ClientFare, ComparedProfile, Difference, Inventory, InventoryProtocol, Offered, Preference, ProfileComparison, ProtocolVersion, Subject,
};
use certdeck_shared::api::plan::TlsVersion;
use certdeck_shared::tls_profiles::clients::{Client, clients};
use certdeck_shared::tls_profiles::{Recommendation, compared_with};
use certdeck_shared::tls_suites::{self, groups};

/// Puts it beside the profile.
pub(super) fn compared(inventory: &Inventory, profile: ComparedProfile) -> ProfileComparison {
    let (version, recommendation) = compared_with(profile);
    let (mut extra, mut missing) = (Vec::new(), Vec::new());
    let mut differ = |subject, served: Vec<String>, wanted: Vec<String>| {
        let only = |those: &[String], not: &[String]| -> Vec<Difference> {
            those.iter().filter(|name| !not.contains(name)).map(|name| Difference { subject, name: name.clone() }).collect()
        };
        extra.extend(only(&served, &wanted));
        missing.extend(only(&wanted, &served));
    };
    let wanted = TlsVersion::between(recommendation.lowest, TlsVersion::Tls13).map(|version| version_of(version).name().to_owned());
    differ(Subject::Protocol, inventory.versions().map(|version| version.name().to_owned()).collect(), wanted.collect());
    let served = suites(inventory);
    let kinds: Vec<&str> = served.iter().filter_map(|name| tls_suites::by_name(name)).map(|suite| suite.parts().authentication).collect();
    // A server with one kind of key has nothing to do with the suites of the other.
    let possible = |name: &&str| {
        let wanted = tls_suites::by_name(name).map(|suite| suite.parts().authentication);
        wanted == Some("any") || wanted.is_some_and(|wanted| kinds.contains(&wanted)) || !kinds.iter().any(|kind| *kind != "any")
    };
    let wanted = recommendation.iana_names().into_iter().filter(possible).map(ToOwned::to_owned).collect();
    differ(Subject::Suite, served, wanted);
    let wanted = recommendation.groups.iter().filter_map(|name| groups::by_name(name)).map(|group| group.name.to_owned()).collect();
    differ(Subject::Group, inventory.groups.iter().map(|group| group.name.clone()).collect(), wanted);
    ProfileComparison {
        profile,
        version: version.to_owned(),
        extra,
        missing,
        preference_fits: preference_fits(inventory, recommendation),
        clients: clients().iter().map(|client| fare(inventory, client)).collect(),
    }
}

/// The names of all suites that are taken, each once.
fn suites(inventory: &Inventory) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for suite in inventory.protocols.iter().flat_map(|protocol| &protocol.suites) {
        if !names.contains(&suite.name) {
            names.push(suite.name.clone());
        }
    }
    names
}

/// Whether the order that counts is the one the profile wants, as far as versions before TLS 1.3 show it: in TLS 1.3 every suite is good.
fn preference_fits(inventory: &Inventory, recommendation: &Recommendation) -> Option<bool> {
    let mut older = inventory.protocols.iter().filter(|protocol| protocol.version != ProtocolVersion::Tls13);
    let wanted = if recommendation.server_order { Preference::Server } else { Preference::Client };
    older.find_map(|protocol| protocol.preference).map(|preference| preference == wanted)
}

fn version_of(version: TlsVersion) -> ProtocolVersion {
    match version {
        TlsVersion::Tls10 => ProtocolVersion::Tls10,
        TlsVersion::Tls11 => ProtocolVersion::Tls11,
        TlsVersion::Tls12 => ProtocolVersion::Tls12,
        TlsVersion::Tls13 => ProtocolVersion::Tls13,
    }
}

/// What a client would get: the highest version that both have, and the suite of whoever's order counts.
fn fare(inventory: &Inventory, client: &Client) -> ClientFare {
    let both = inventory.protocols.iter().find(|protocol| {
        let known = TlsVersion::between(client.lowest, client.highest).any(|version| version_of(version) == protocol.version);
        known && protocol.offered == Offered::Yes
    });
    let suite = both.and_then(|protocol| chosen(inventory, protocol, client));
    ClientFare { client: client.name.to_owned(), version: both.map(|protocol| protocol.version).filter(|_| suite.is_some()), suite }
}

fn chosen(inventory: &Inventory, protocol: &InventoryProtocol, client: &Client) -> Option<String> {
    // A curve that both have, where the suite needs one. Versions before TLS 1.3 have the same.
    let is_new = |version| version == ProtocolVersion::Tls13;
    let curve = inventory
        .groups
        .iter()
        .filter(|group| group.versions.iter().any(|version| is_new(*version) == is_new(protocol.version)))
        .any(|group| client.groups.iter().any(|name| group.name == *name));
    let known =
        |name: &str| inventory.groups.is_empty() || curve || !(name.contains("ECDHE") || protocol.version == ProtocolVersion::Tls13);
    let served = || protocol.suites.iter().map(|suite| suite.name.as_str());
    let numbered = |number: &u16| tls_suites::by_number(*number).map(|suite| suite.name);
    let offers = |name: &str| client.suites.iter().filter_map(numbered).any(|offered| offered == name);
    match protocol.preference {
        Some(Preference::Server) => served().find(|name| offers(name) && known(name)).map(ToOwned::to_owned),
        _ => {
            let mut offered = client.suites.iter().filter_map(numbered);
            offered.find(|name| served().any(|one| one == *name) && known(name)).map(ToOwned::to_owned)
        }
    }
}
