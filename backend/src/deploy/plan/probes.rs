//! The ports that are asked what they serve: now, and afterwards.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use certdeck_shared::api::plan::{PlannedProbe, SettingWish};
use certdeck_shared::api::probe::ProbeKeyType;
use certdeck_shared::api::service::{Endpoint, Protocol, TlsMode};
use certdeck_shared::x509::fingerprint::sha256_hex;
use certdeck_shared::x509::host_names::{is_host_name, of_certificate};
use certdeck_shared::x509::parse;

use super::choice::{self, Slot, tls_after};
use super::facts::{Facts, Heard, host_and_port};
use super::target::{Source, Target};
use crate::deploy::served;

/// Each port that the target concerns, once for each name and kind of key, with what it must serve afterwards.
pub fn of(facts: &Facts, target: &Target, materials: &[Source], slots: &[Slot]) -> Vec<PlannedProbe> {
    let mut probes: Vec<PlannedProbe> = Vec::new();
    for slot in slots {
        let Some(material) = materials.get(slot.material) else { continue };
        for endpoint in slot.endpoints.iter().filter_map(|at| facts.observation.endpoints.get(*at)) {
            let leaf = &material.reference.leaf;
            let several = slots.iter().filter(|other| other.endpoints.iter().any(|at| slot.endpoints.contains(at))).count() > 1;
            let key_type = if several || endpoint.pairs.len() > 1 { key_type(leaf) } else { None };
            add(facts, endpoint, tls_after(endpoint, target), Expected { leaf, key_type }, &mut probes);
        }
    }
    for at in settled(facts, target) {
        let Some(endpoint) = facts.observation.endpoints.get(at) else { continue };
        // It keeps its certificate, unless a slot says otherwise.
        let known = slots.iter().any(|slot| slot.endpoints.contains(&at));
        let present = endpoint.pairs.first().map(|pair| served::look(&facts.tree, &pair.certificate.value));
        if let Some(leaf) = present.and_then(|served| served.leaf).filter(|_| !known) {
            let key_type = if endpoint.pairs.len() > 1 { key_type(&leaf) } else { None };
            add(facts, endpoint, tls_after(endpoint, target), Expected { leaf: &leaf, key_type }, &mut probes);
        }
    }
    let added: Vec<Endpoint> = target.settings.iter().filter_map(|setting| listener(facts, &setting.wish)).collect();
    if let Some(leaf) = Some(()).filter(|()| !added.is_empty()).and_then(|()| leaf_of_listeners(facts, target, materials)) {
        for endpoint in &added {
            add(facts, endpoint, endpoint.tls, Expected { leaf: &leaf, key_type: None }, &mut probes);
        }
    }
    probes
}

/// What a new listener serves: the first certificate of the target, or what is served already.
fn leaf_of_listeners(facts: &Facts, target: &Target, materials: &[Source]) -> Option<Vec<u8>> {
    match target.bindings.first() {
        Some(binding) => Some(materials.get(binding.material)?.reference.leaf.clone()),
        None => {
            let pair = facts.observation.endpoints.iter().find_map(|endpoint| endpoint.pairs.first())?;
            served::look(&facts.tree, &pair.certificate.value).leaf
        }
    }
}

/// Places of the endpoints whose settings change.
fn settled(facts: &Facts, target: &Target) -> Vec<usize> {
    let mut places = Vec::new();
    for setting in &target.settings {
        let names = match &setting.wish {
            SettingWish::Tls { endpoint, .. } => std::slice::from_ref(endpoint),
            SettingWish::Listener { .. } => continue,
            SettingWish::CertificateWatch => &[],
            SettingWish::Profile { endpoints, .. }
            | SettingWish::Protocols { endpoints, .. }
            | SettingWish::Ciphers { endpoints, .. }
            | SettingWish::ClientCa { endpoints, .. }
            | SettingWish::ClientVerification { endpoints, .. } => endpoints.as_slice(),
        };
        places.extend(choice::named(&facts.observation, target, names));
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// An endpoint that does not exist yet.
fn listener(facts: &Facts, wish: &SettingWish) -> Option<Endpoint> {
    let SettingWish::Listener { protocol, tls, port, address, server_name } = wish else { return None };
    let hosts = address.as_ref().map_or(facts.usual_hosts.as_slice(), std::slice::from_ref);
    let shown = |host: &String| match host.contains(':') && !host.starts_with('[') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    };
    Some(Endpoint {
        name: server_name.clone().unwrap_or_else(|| format!("port {port}")),
        protocol: *protocol,
        tls: *tls,
        addresses: hosts.iter().map(shown).collect(),
        server_names: server_name.iter().cloned().collect(),
        place: None,
        pairs: Vec::new(),
        client_ca: Vec::new(),
        protocols: None,
        ciphers: None,
        client_verification: None,
    })
}

/// What a port must serve.
struct Expected<'a> {
    leaf: &'a [u8],
    key_type: Option<ProbeKeyType>,
}

fn key_type(leaf: &[u8]) -> Option<ProbeKeyType> {
    match parse::certificate(leaf).ok()?.public_key.algorithm.as_ref() {
        "RSA" => Some(ProbeKeyType::Rsa),
        "EC" => Some(ProbeKeyType::Ecdsa),
        _ => None,
    }
}

fn add(facts: &Facts, endpoint: &Endpoint, tls: TlsMode, expected: Expected<'_>, probes: &mut Vec<PlannedProbe>) {
    // Other protocols have no TLS that could be asked for in the middle.
    if tls == TlsMode::Off || (tls == TlsMode::Starttls && matches!(endpoint.protocol, Protocol::Http | Protocol::Other)) {
        return;
    }
    let given = endpoint.server_names.iter().find(|name| is_host_name(name)).cloned();
    let server_name = given.or_else(|| {
        let view = parse::certificate(expected.leaf).ok()?;
        let name = of_certificate(&view).into_iter().find(|name| is_host_name(name) && name.parse::<std::net::IpAddr>().is_err())?;
        // Another endpoint at the same port may answer to that name with another certificate.
        let claims = |other: &&Endpoint| {
            other.server_names.iter().any(|served| served.eq_ignore_ascii_case(&name))
                && other.addresses.iter().any(|address| endpoint.addresses.contains(address))
        };
        facts.observation.endpoints.iter().find(claims).is_none().then_some(name)
    });
    let addresses = endpoint.addresses.iter().filter_map(|address| host_and_port(address));
    for (host, port) in addresses.flat_map(|(host, port)| asked_at(facts, host, port).into_iter().map(move |host| (host, port))) {
        let probe = PlannedProbe {
            endpoint: endpoint.name.clone(),
            host,
            port,
            protocol: endpoint.protocol,
            tls,
            server_name: server_name.clone(),
            key_type: expected.key_type,
            expected: sha256_hex(expected.leaf),
            before: None,
        };
        let before = facts.heard.iter().find(|heard| same_question(&heard.asked, &probe)).and_then(|heard| heard.leaf.clone());
        if !probes.iter().any(|known| same_question(known, &probe)) {
            probes.push(PlannedProbe { before, ..probe });
        }
    }
}

/// Where a port is asked: at the address itself. Where that stands for all addresses, the sockets of the service tell of which family.
fn asked_at(facts: &Facts, host: &str, port: u16) -> Vec<String> {
    let loopback = |address: IpAddr| match address {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    };
    match host.trim_matches(['[', ']']) {
        "*" | "" | "_default_" => {}
        name => return vec![name.parse().map_or_else(|_| name.to_owned(), |address| loopback(address).to_string())],
    }
    let own = facts.listeners.iter().filter(|listener| listener.port == port && (listener.own || listener.is_systemd()));
    let addresses: Vec<IpAddr> = own.map(|listener| listener.address).collect();
    match addresses.iter().find(|address| address.is_unspecified()) {
        Some(all) => vec![loopback(*all).to_string()],
        None if addresses.is_empty() => vec![Ipv4Addr::LOCALHOST.to_string()],
        None => addresses.iter().map(ToString::to_string).collect(),
    }
}

/// Whether two probes ask the same.
pub fn same_question(one: &PlannedProbe, other: &PlannedProbe) -> bool {
    let question = |probe: &PlannedProbe| (probe.host.clone(), probe.port, probe.tls, probe.server_name.clone(), probe.key_type);
    question(one) == question(other)
}

/// Whether every port already serves what it must. What was not asked is not known to.
pub fn served(probes: &[PlannedProbe], heard: &[Heard]) -> bool {
    probes.iter().all(|probe| {
        let answer = heard.iter().find(|heard| same_question(&heard.asked, probe));
        answer.is_some_and(|heard| heard.leaf.as_deref() == Some(&probe.expected))
    })
}
