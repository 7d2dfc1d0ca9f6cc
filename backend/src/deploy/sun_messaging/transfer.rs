//! SMTP and submission: ports of `dispatcher.cnf`, keywords of the channels in `imta.cnf`.

use certdeck_shared::api::service::{Effective, Endpoint, Protocol, TlsMode};
use certdeck_shared::sun;

use super::{Parameters, TRANSFER_NICKNAMES, endpoint, opened_if_there, syntax};
use crate::deploy::adapter::set_at;
use crate::deploy::reading::{Reading, place};
use crate::deploy::settings::{Document, What};

/// The channel that mail comes in by where a service names none.
const INCOMING: &str = "tcp_local";

/// A service of the dispatcher.
pub(super) struct Service {
    /// Its name.
    pub(super) name: String,
    ports: Option<Effective>,
    tls_ports: Option<Effective>,
    /// The channel that its mail comes in by.
    pub(super) channel: String,
}

pub(super) fn endpoints(reading: &mut Reading<'_>, parameters: &Parameters<'_>) -> Vec<Endpoint> {
    let Some(dispatcher) = opened_if_there(reading, &parameters.directory.join("dispatcher.cnf"), syntax::dispatcher) else {
        return Vec::new();
    };
    let channels = opened_if_there(reading, &parameters.directory.join("imta.cnf"), syntax::imta);
    let mut endpoints = Vec::new();
    for service in services(&dispatcher) {
        let keywords = channels.as_ref().and_then(|document| keywords(document, &service.channel));
        let server = keywords.as_ref().map_or(0, |keywords| sun::stance(keywords.value.split_whitespace()).server);
        let tls = if server > 0 { TlsMode::Starttls } else { TlsMode::Off };
        for (ports, tls) in [(&service.ports, tls), (&service.tls_ports, TlsMode::Implicit)] {
            let Some(ports) = ports else { continue };
            let mut one = endpoint(&service.name, Protocol::Smtp, tls, ports, parameters.pairs(TRANSFER_NICKNAMES));
            one.addresses = ports.value.split(',').map(|port| format!("*:{}", port.trim())).collect();
            if tls == TlsMode::Implicit {
                one.name = format!("{}/TLS", service.name);
            }
            endpoints.push(one);
        }
    }
    endpoints
}

/// The services that speak SMTP.
pub(super) fn services(dispatcher: &Document) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    for entry in &dispatcher.entries {
        match (&entry.what, services.last_mut()) {
            (What::Open(section), _) => {
                services.push(Service { name: section.text.clone(), ports: None, tls_ports: None, channel: INCOMING.to_owned() });
            }
            (What::Setting(setting), Some(service)) => {
                let value = Some(set_at(&setting.name, setting.text.clone(), &place(dispatcher, entry.line)));
                match setting.name.to_ascii_uppercase().as_str() {
                    "PORT" => service.ports = value,
                    "TLS_PORT" => service.tls_ports = value,
                    "PARAMETER" => {
                        if let Some(channel) = setting.text.strip_prefix("CHANNEL=") {
                            channel.clone_into(&mut service.channel);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    services.retain(|service| service.name.to_ascii_uppercase().starts_with("SMTP"));
    services
}

/// The keywords of a channel, behind those of the `defaults` that come before it.
pub(super) fn keywords(imta: &Document, channel: &str) -> Option<Effective> {
    let mut defaults = String::new();
    for entry in &imta.entries {
        let What::Open(block) = &entry.what else { continue };
        match block.name.as_str() {
            "defaults" => defaults.clone_from(&block.text),
            "nodefaults" => defaults.clear(),
            name if name == channel => {
                let words = format!("{defaults} {}", block.text);
                return Some(set_at(name, words.trim(), &place(imta, entry.line)));
            }
            _ => {}
        }
    }
    None
}
