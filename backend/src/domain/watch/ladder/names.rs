//! Whether one of the names of the certificate is the one that clients ask for.

use std::net::IpAddr;

use certdeck_shared::api::service::{Protocol, ServiceKind};
use certdeck_shared::x509::host_names::{fits, is_host_name, of_certificate};

use super::Found;
use crate::domain::watch::evidence::Evidence;

/// Where mail is brought from host to host: those look at no name unless DANE or MTA-STS tells them to (RFC 7672, RFC 8461).
const RELAYS: [u16; 2] = [24, 25];

pub(super) fn look(evidence: &Evidence) -> Found {
    let Some(leaf) = evidence.leaf() else {
        return Found::unknown("The certificate cannot be parsed: its names are not known.");
    };
    let names = of_certificate(leaf);
    let has = |host: &str| names.iter().any(|name| fits(name, host));
    let listed = if names.is_empty() { "no host".to_owned() } else { names.join(", ") };
    let asked = asked(evidence);
    let cure = "Request a certificate that has the name, or correct the name that clients are given.";
    match &asked {
        Asked::Names(hosts) => {
            let missing: Vec<&str> = hosts.iter().map(String::as_str).filter(|host| !has(host)).collect();
            match (missing.first(), hosts.first()) {
                (None, _) => Found::pass(format!("The certificate has the name that clients ask for: {}.", hosts.join(", "))),
                (Some(first), Some(main)) if first == main && names_itself(evidence) => Found::warn(format!(
                    "The certificate is for {listed}, and not for {first}, as the mail server calls itself. Mail servers that bring mail mostly \
                     do not look at names; users may know it by another one."
                ))
                .cure(cure),
                (Some(first), Some(main)) if first == main => Found::fail(format!("The certificate is for {listed}, and not for {first}."))
                    .because("Clients that ask for that name refuse the certificate.")
                    .cure(cure),
                _ => Found::warn(format!("The certificate is for {listed}, and not for {}, which is served as well.", missing.join(", ")))
                    .cure(cure),
            }
        }
        Asked::Address(host) if has(host) => Found::pass(format!("The certificate has the address {host}.")),
        Asked::Address(host) => {
            Found::warn(format!("The certificate is for {listed}: clients that go to {host} by its address refuse it."))
                .cure("Give this endpoint the server name that clients use: then that is compared.")
        }
        Asked::Nobody if has(&evidence.record.host) => Found::pass(format!("The certificate has {}.", evidence.record.host)),
        Asked::Nobody => Found::unknown(format!(
            "The certificate is for {listed}. The configuration names no host, so what clients ask for is not known here."
        )),
    }
}

/// What clients ask for.
enum Asked {
    /// Names, the one that was asked for in the probe first.
    Names(Vec<String>),
    /// An address that somebody wrote.
    Address(String),
    /// Nothing that could be known: a service without names.
    Nobody,
}

fn asked(evidence: &Evidence) -> Asked {
    let record = &evidence.record;
    let mut names: Vec<String> = record.server_name.iter().cloned().collect();
    let of_configuration = evidence.configured().into_iter().flat_map(|endpoint| &endpoint.server_names);
    names.extend(of_configuration.filter(|name| is_host_name(name) && name.parse::<IpAddr>().is_err() && name.contains('.')).cloned());
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        if !seen.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            seen.push(name);
        }
    }
    match record.host.parse::<IpAddr>() {
        _ if !seen.is_empty() => Asked::Names(seen),
        Err(_) => Asked::Names(vec![record.host.clone()]),
        // Where a service listens says nothing of the name it is called by; nor does a loopback address.
        Ok(address) if record.service.is_some() || address.is_loopback() => Asked::Nobody,
        Ok(_) => Asked::Address(record.host.clone()),
    }
}

/// Whether a name is that of a mail server for itself, which its clients need not ask for.
fn names_itself(evidence: &Evidence) -> bool {
    let is_postfix = evidence.service.as_ref().is_some_and(|known| known.description.service.kind == ServiceKind::Postfix);
    is_postfix || matches!(evidence.record.protocol, Protocol::Smtp | Protocol::Lmtp) && RELAYS.contains(&evidence.record.port)
}
