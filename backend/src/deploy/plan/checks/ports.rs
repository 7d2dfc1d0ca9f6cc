//! Who listens at the ports of the service, and at those that it is to have.

use std::net::IpAddr;

use certdeck_shared::api::plan::SettingWish;
use certdeck_shared::api::service::{Endpoint, TlsMode};

use super::Checks;
use crate::deploy::plan::facts::{Facts, host_and_port, port};
use crate::deploy::plan::target::Target;

const CODE: &str = "ports";

/// The ports with TLS that the configuration names, and those where the service is to listen.
pub fn check(facts: &Facts, target: &Target, checks: &mut Checks) {
    if facts.running.main.is_some() {
        present(facts, checks);
    }
    for setting in &target.settings {
        match &setting.wish {
            SettingWish::Listener { port, address: Some(address), .. } => coming(facts, address, *port, checks),
            SettingWish::Listener { port, address: None, .. } => {
                for host in &facts.usual_hosts {
                    coming(facts, host, *port, checks);
                }
            }
            // Some programs listen at a port for TLS only when they have TLS.
            SettingWish::Tls { endpoint, .. } => {
                let named = facts.observation.endpoints.iter().filter(|one| one.name == *endpoint && one.tls == TlsMode::Off);
                for (host, port) in named.flat_map(addresses) {
                    coming(facts, host, port, checks);
                }
            }
            _ => {}
        }
    }
}

fn addresses(endpoint: &Endpoint) -> impl Iterator<Item = (&str, u16)> {
    endpoint.addresses.iter().filter_map(|address| host_and_port(address))
}

fn present(facts: &Facts, checks: &mut Checks) {
    let title = facts.service.kind.title();
    let endpoints = facts.observation.endpoints.iter().filter(|endpoint| endpoint.tls != TlsMode::Off);
    for (endpoint, port) in
        endpoints.flat_map(|endpoint| endpoint.addresses.iter().filter_map(move |address| Some((endpoint, port(address)?))))
    {
        let name = &endpoint.name;
        let there = || facts.listeners.iter().filter(|listener| listener.port == port);
        match there().find(|listener| listener.own).or_else(|| there().next()) {
            Some(listener) if listener.own => checks.pass(CODE, format!("{title} listens at port {port} ({name}).")),
            Some(listener) if listener.is_systemd() => {
                checks.pass(CODE, format!("systemd listens at port {port} ({name}) for {title}."));
            }
            Some(listener) => checks.fail(
                CODE,
                format!("{} listens at port {port} ({name}), not {title}.", listener.program.as_deref().unwrap_or("Another program")),
                Some("End it, or correct the port: the proof would be another program's.".to_owned()),
            ),
            None => checks.warn(
                CODE,
                format!("Nobody listens at port {port} ({name}), which the configuration names."),
                Some("Was the service not started anew since the port was added?".to_owned()),
            ),
        }
    }
}

/// A port where the service is to listen: Postfix ends when it cannot, and other programs do not start again.
fn coming(facts: &Facts, host: &str, port: u16, checks: &mut Checks) {
    let title = facts.service.kind.title();
    let mut there = facts.listeners.iter().filter(|listener| listener.port == port);
    match there.clone().find(|listener| !listener.own && meet(listener.address, host)) {
        Some(taken) => checks.fail(
            CODE,
            format!(
                "{} listens at port {port} of {}, where {title} is to listen.",
                taken.program.as_deref().unwrap_or("Another program"),
                taken.address
            ),
            Some("Choose another port, or end that program first: one of the two would not start.".to_owned()),
        ),
        None if there.any(|listener| listener.own) => {}
        None => checks.pass(CODE, format!("Port {port} is free for {title}.")),
    }
}

/// Whether two programs cannot both listen at a port: one at this address, another at that host. A socket for all addresses of IPv6 mostly
/// takes those of IPv4 as well (ipv6(7)), and where a name leads is not known.
fn meet(taken: IpAddr, host: &str) -> bool {
    let Ok(wanted) = host.trim_matches(['[', ']']).parse::<IpAddr>() else { return true };
    let covers = |all: IpAddr, one: IpAddr| all.is_unspecified() && (all.is_ipv6() || one.is_ipv4());
    wanted == taken || covers(wanted, taken) || covers(taken, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_programs_may_share_a_port_at_different_addresses() {
        for (taken, host, met) in [
            ("127.0.0.1", "*", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0", "192.0.2.1", true),
            ("0.0.0.0", "[::1]", false),
            ("::", "192.0.2.1", true),
            ("::1", "[::]", true),
            ("::1", "0.0.0.0", false),
            ("192.0.2.1", "mail.example.org", true),
        ] {
            assert_eq!(meet(taken.parse().unwrap(), host), met, "{taken} {host}");
        }
    }
}
