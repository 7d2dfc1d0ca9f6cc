//! What was seen, in the words of the REST interface.

use std::time::Duration;

use certdeck_shared::api::endpoint::Grade;
use certdeck_shared::api::inventory::{
    Inventory, InventoryChain, InventoryGroup, InventoryProtocol, InventorySuite, NewInventory, Offered, ProtocolVersion,
};
use certdeck_shared::api::probe::{ProbeReport, ServedCertificate};
use certdeck_shared::tls_suites;
use certdeck_shared::tls_suites::groups::{self, Family};
use certdeck_shared::x509::fingerprint::sha256_hex;

use super::answer::Flight;
use super::details::GroupIn;
use super::versions::Version;
use super::{Seen, judgement, profile};
use crate::probe::report::certificate;

/// The inventory.
pub(super) fn of(new: &NewInventory, seen: Seen, took: Duration) -> Inventory {
    let certificates = chains(&seen);
    let mut protocols: Vec<InventoryProtocol> = seen.versions.iter().map(protocol).collect();
    for protocol in protocols.iter_mut().filter(|protocol| protocol.version == ProtocolVersion::Ssl20) {
        protocol.suites = seen.ssl2.iter().map(|name| ssl2_suite(name)).collect();
    }
    let complete = !protocols.is_empty()
        && !seen.groups_lost
        && protocols.iter().all(|protocol| protocol.complete && protocol.offered != Offered::Unknown);
    let mut inventory = Inventory {
        address: seen.first.address,
        outcome: seen.first.outcome,
        words: seen.first.words,
        protocols,
        groups: merged(&seen.groups),
        certificates,
        features: seen.features,
        profile: None,
        configured: None,
        findings: Vec::new(),
        complete,
        connections: seen.connections,
        milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    };
    if inventory.versions().next().is_some() {
        inventory.profile = Some(profile::compared(&inventory, new.profile));
        inventory.findings = judgement::findings(&inventory);
    }
    inventory
}

fn protocol(version: &Version) -> InventoryProtocol {
    let words = match version.found.lost {
        Some(why) if version.offered == Offered::Yes => format!("{}; perhaps there are more: {why}", version.words),
        _ => version.words.clone(),
    };
    InventoryProtocol {
        version: version.version,
        offered: version.offered,
        words,
        preference: version.preference,
        suites: version.found.chosen.iter().map(|(number, flight)| suite(*number, flight)).collect(),
        complete: version.found.lost.is_none() && version.offered != Offered::Unknown,
    }
}

fn suite(number: u16, flight: &Flight) -> InventorySuite {
    let known = tls_suites::by_number(number);
    let parts = known.map(tls_suites::Suite::parts);
    let judgement = known.and_then(tls_suites::Suite::judgement);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    InventorySuite {
        number: format!("0x{number:04X}"),
        name: text(known.map(|suite| suite.name)),
        openssl: known.and_then(|suite| suite.openssl).map(ToOwned::to_owned),
        key_exchange: text(parts.map(|parts| parts.key_exchange)),
        authentication: text(parts.map(|parts| parts.authentication)),
        cipher: text(parts.map(|parts| parts.cipher)),
        bits: parts.map(|parts| parts.bits).unwrap_or_default(),
        mac: text(parts.map(|parts| parts.mac)),
        forward_secrecy: parts.is_some_and(|parts| parts.forward_secrecy),
        group: flight.dh_bits.map(|bits| format!("DH {bits}")).or_else(|| flight.group.map(group_name)),
        certificate: flight.certificates.first().map(|der| sha256_hex(der)),
        grade: judgement.map(|judgement| judgement.grade),
        words: judgement.map(|judgement| judgement.words.to_owned()),
    }
}

/// A cipher of SSL 2.0, which makes nothing better that the version has.
fn ssl2_suite(name: &str) -> InventorySuite {
    let export = name.contains("EXPORT40");
    InventorySuite {
        number: super::ssl2::CIPHERS.iter().find(|known| known.1 == name).map(|known| format!("0x{:06X}", known.0)).unwrap_or_default(),
        name: name.to_owned(),
        openssl: None,
        key_exchange: "RSA".to_owned(),
        authentication: "RSA".to_owned(),
        cipher: name.trim_start_matches("SSL_CK_").trim_end_matches("_WITH_MD5").to_owned(),
        bits: match name {
            _ if export => 40,
            _ if name.contains("DES_64") => 56,
            _ if name.contains("DES_192") => 112,
            _ => 128,
        },
        mac: "MD5".to_owned(),
        forward_secrecy: false,
        group: None,
        certificate: None,
        grade: Some(Grade::Bad),
        words: Some("SSL 2.0 does not protect its handshake, and lets DROWN open what TLS protects with the same key.".to_owned()),
    }
}

fn group_name(number: u16) -> String {
    groups::by_number(number).map_or_else(|| format!("group {number}"), |group| group.name.to_owned())
}

/// Each group once, with the versions that it was chosen in.
fn merged(found: &[GroupIn]) -> Vec<InventoryGroup> {
    let mut merged: Vec<InventoryGroup> = Vec::new();
    for (number, version) in found {
        let name = group_name(*number);
        if let Some(known) = merged.iter_mut().find(|group| group.name == name) {
            known.versions.push(*version);
        } else {
            let known = groups::by_number(*number);
            merged.push(InventoryGroup {
                bits: known.map(|group| group.bits).unwrap_or_default(),
                post_quantum: known.is_some_and(|group| group.family == Family::PostQuantum),
                versions: vec![*version],
                name,
            });
        }
    }
    merged
}

/// The chains of all versions, each once; those of the newest version first.
fn chains(seen: &Seen) -> Vec<InventoryChain> {
    let mut chains: Vec<InventoryChain> = Vec::new();
    let mut add = |version: ProtocolVersion, chain: Vec<ServedCertificate>| {
        let same = |one: &&mut InventoryChain| one.chain.iter().map(|one| &one.der.0).eq(chain.iter().map(|other| &other.der.0));
        match chains.iter_mut().find(same) {
            _ if chain.is_empty() => {}
            Some(known) if known.versions.contains(&version) => {}
            Some(known) => known.versions.push(version),
            None => chains.push(InventoryChain { versions: vec![version], chain }),
        }
    };
    let version_of =
        |report: &ProbeReport| ProtocolVersion::ALL.into_iter().find(|version| report.tls_version.as_deref() == Some(version.name()));
    for report in std::iter::once(&seen.first).chain(&seen.by_key) {
        if let Some(version) = version_of(report) {
            add(version, report.chain.clone());
        }
    }
    for version in &seen.versions {
        let mut known: Vec<&Vec<Vec<u8>>> = Vec::new();
        for (_, flight) in &version.found.chosen {
            if !known.contains(&&flight.certificates) {
                known.push(&flight.certificates);
                add(version.version, flight.certificates.iter().cloned().map(certificate).collect());
            }
        }
    }
    chains
}
