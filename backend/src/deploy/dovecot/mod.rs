//! Dovecot, in the forms of 2.2, 2.3 and 2.4.

mod assign;
mod blocks;
mod edit;
mod form;
mod listener;
pub mod scopes;
pub mod syntax;
mod takeover;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Pair, Place, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, option, pair};
use super::reading::Reading;
use crate::host::tree::{Process, Tree};
use scopes::{Filter, Scopes};

/// The adapter.
pub struct Dovecot;

/// A listener that Dovecot has by itself.
struct Listener {
    /// The protocol that brings it.
    enabled_by: &'static str,
    service: &'static str,
    name: &'static str,
    port: &'static str,
    implicit: bool,
    speaks: Protocol,
}

const fn listener(enabled_by: &'static str, service: &'static str, name: &'static str, port: &'static str, speaks: Protocol) -> Listener {
    let implicit = matches!(port.as_bytes(), b"993" | b"995" | b"465");
    Listener { enabled_by, service, name, port, implicit, speaks }
}

const LISTENERS: [Listener; 7] = [
    listener("imap", "imap-login", "imap", "143", Protocol::Imap),
    listener("imap", "imap-login", "imaps", "993", Protocol::Imap),
    listener("pop3", "pop3-login", "pop3", "110", Protocol::Pop3),
    listener("pop3", "pop3-login", "pop3s", "995", Protocol::Pop3),
    listener("submission", "submission-login", "submission", "587", Protocol::Smtp),
    listener("submission", "submission-login", "submissions", "465", Protocol::Smtp),
    listener("sieve", "managesieve-login", "sieve", "4190", Protocol::Sieve),
];

/// Services that listen on the network, with what they speak, for listeners with names of their own.
const SERVICES: [(&str, &str, Protocol); 5] = [
    ("imap", "imap-login", Protocol::Imap),
    ("pop3", "pop3-login", Protocol::Pop3),
    ("submission", "submission-login", Protocol::Smtp),
    ("sieve", "managesieve-login", Protocol::Sieve),
    ("lmtp", "lmtp", Protocol::Lmtp),
];

impl ServiceAdapter for Dovecot {
    fn describe(&self) -> Description {
        Description {
            kind: ServiceKind::Dovecot,
            usual: &["/etc/dovecot/dovecot.conf", "/usr/local/etc/dovecot/dovecot.conf"],
            version: ("dovecot", &["--version"]),
        }
    }

    fn config_of(&self, _: &Tree, process: &Process) -> Option<PathBuf> {
        let given = || option(&process.arguments, "-c").unwrap_or("/etc/dovecot/dovecot.conf");
        (process.program == "dovecot").then(|| process.directory.clone().unwrap_or_else(|| "/".into()).join(given()))
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let mut scopes = Scopes::default();
        if !scopes.read(&mut reading, config, None) {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        }
        let endpoints = endpoints(&scopes, config).into_iter().map(|placed| placed.endpoint).collect();
        Ok(Observation {
            instance: scopes.effective("instance_name", &[]).map(|name| name.value),
            key_reader: KeyReader {
                user: "root".to_owned(),
                words: "Dovecot's configuration process reads certificate and key as root and hands them to the log-in processes."
                    .to_owned(),
            },
            config_files: reading.files,
            endpoints,
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }
}

/// Protocols that are on. Debian sets them by `protocols = $protocols imap` in a file of each package.
fn protocols(scopes: &Scopes) -> Vec<String> {
    let listed = scopes.list("protocols");
    if !listed.is_empty() {
        return listed;
    }
    let text = scopes.effective("protocols", &[]).map_or_else(|| "imap pop3 lmtp".to_owned(), |effective| effective.value);
    text.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// An endpoint, and where its settings are looked for.
struct Placed {
    endpoint: Endpoint,
    filters: Vec<Filter>,
    service: String,
    listener: String,
    port: String,
    implicit: bool,
}

fn endpoints(scopes: &Scopes, config: &Path) -> Vec<Placed> {
    let enabled = protocols(scopes);
    let on = |name: &str| enabled.iter().any(|one| one == name);
    let mut endpoints = Vec::new();
    for listener in LISTENERS.iter().filter(|listener| on(listener.enabled_by)) {
        let of = |name: &str| scopes.of_listener(listener.service, listener.name, name);
        let port = of("port").map_or_else(|| listener.port.to_owned(), |port| port.value);
        let implicit = of("ssl").map_or(listener.implicit, |ssl| ssl.value == "yes");
        let place = of("port").and_then(|port| port.place);
        add(
            scopes,
            config,
            Listening {
                name: listener.name,
                protocol: listener.enabled_by,
                service: listener.service,
                port,
                implicit,
                speaks: listener.speaks,
                place,
            },
            &mut endpoints,
        );
    }
    for (block, place) in &scopes.blocks {
        let Some((service, name)) = block.strip_prefix("service ").and_then(|rest| rest.split_once("/inet_listener ")) else { continue };
        let Some((protocol, service, speaks)) = SERVICES.iter().find(|(_, known, _)| *known == service) else { continue };
        if !on(protocol) || LISTENERS.iter().any(|known| known.service == *service && known.name == name) {
            continue;
        }
        let of = |setting: &str| scopes.of_listener(service, name, setting);
        let Some(port) = of("port") else { continue };
        let implicit = of("ssl").is_some_and(|ssl| ssl.value == "yes");
        add(
            scopes,
            config,
            Listening { name, protocol, service, port: port.value, implicit, speaks: *speaks, place: Some(place.clone()) },
            &mut endpoints,
        );
    }
    endpoints
}

struct Listening<'a> {
    name: &'a str,
    protocol: &'a str,
    service: &'a str,
    port: String,
    implicit: bool,
    speaks: Protocol,
    place: Option<Place>,
}

/// A listener, and once more for each name or address that something else is served for.
fn add(scopes: &Scopes, config: &Path, listening: Listening<'_>, endpoints: &mut Vec<Placed>) {
    if listening.port == "0" {
        return;
    }
    let protocol = Filter::Protocol(listening.protocol.to_owned());
    let of = |name: &str| scopes.of_listener(listening.service, listening.name, name);
    // 2.4 calls the address of a listener as that of all.
    let address = of("address").or_else(|| of("listen")).or_else(|| scopes.effective("listen", &[]));
    let addresses: Vec<String> = hosts(address.as_ref()).iter().map(|host| format!("{host}:{}", listening.port)).collect();
    let endpoint = |filters: &[Filter], names: Vec<String>, addresses: Vec<String>| {
        let ssl = scopes.effective_or("ssl", "yes", filters);
        let tls = match (listening.implicit, ssl.value.as_str()) {
            (_, "no") => TlsMode::Off,
            (true, _) => TlsMode::Implicit,
            (false, _) => TlsMode::Starttls,
        };
        let encrypted = tls != TlsMode::Off;
        let first = |names: &[&str]| names.iter().filter(|_| encrypted).find_map(|name| scopes.effective(name, filters));
        let endpoint = Endpoint {
            name: listening.name.to_owned(),
            protocol: listening.speaks,
            tls,
            addresses,
            server_names: names,
            place: listening.place.clone(),
            pairs: if encrypted { pairs(scopes, config, filters) } else { Vec::new() },
            client_ca: first(&["ssl_server_ca_file", "ssl_ca"]).map(|value| file(value, config)).into_iter().collect(),
            protocols: encrypted.then(|| {
                first(&["ssl_min_protocol", "ssl_protocols"]).unwrap_or_else(|| super::adapter::built_in("ssl_min_protocol", "TLSv1.2"))
            }),
            ciphers: first(&["ssl_cipher_list"]),
            client_verification: first(&["ssl_verify_client_cert", "ssl_server_request_client_cert", "auth_ssl_require_client_cert"]),
        };
        Placed {
            endpoint,
            filters: filters.to_vec(),
            service: listening.service.to_owned(),
            listener: listening.name.to_owned(),
            port: listening.port.clone(),
            implicit: listening.implicit,
        }
    };
    endpoints.push(endpoint(std::slice::from_ref(&protocol), Vec::new(), addresses.clone()));
    for filter in scopes.filters() {
        let filters = [protocol.clone(), filter.clone()];
        match filter {
            Filter::LocalName(names) => {
                let names = names.split_whitespace().map(str::to_owned).collect();
                endpoints.push(endpoint(&filters, names, addresses.clone()));
            }
            Filter::Local(address) => {
                endpoints.push(endpoint(&filters, Vec::new(), vec![format!("{}:{}", bracketed(&address), listening.port)]))
            }
            Filter::Protocol(_) | Filter::Other(_) => {}
        }
    }
}

/// The hosts that an address of a listener stands for; `*, ::` is all of both families.
fn hosts(address: Option<&Effective>) -> Vec<String> {
    let text = address.map_or("*", |address| address.value.as_str());
    let all: Vec<&str> = text.split([',', ' ']).map(str::trim).filter(|one| !one.is_empty()).collect();
    all.iter().filter(|address| **address != "::" || !all.contains(&"*")).map(|address| bracketed(address)).collect()
}

/// An address of IPv6 in brackets, anything else as it is.
fn bracketed(address: &str) -> String {
    if address.contains(':') && !address.starts_with('[') { format!("[{address}]") } else { address.to_owned() }
}

fn pairs(scopes: &Scopes, config: &Path, filters: &[Filter]) -> Vec<Pair> {
    let either =
        |new: &str, old: &str| scopes.effective(new, filters).or_else(|| scopes.effective(old, filters)).map(|value| file(value, config));
    [
        (["ssl_server_cert_file", "ssl_cert"], ["ssl_server_key_file", "ssl_key"]),
        (["ssl_server_alt_cert_file", "ssl_alt_cert"], ["ssl_server_alt_key_file", "ssl_alt_key"]),
    ]
    .into_iter()
    .filter_map(|([new, old], [new_key, old_key])| {
        let certificate = either(new, old)?;
        let key = either(new_key, old_key).unwrap_or_else(|| Effective { name: old_key.to_owned(), ..certificate.clone() });
        Some(pair(certificate, key, None))
    })
    .collect()
}

/// `</path` is the content of a file; relative paths begin where the configuration is.
fn file(value: Effective, config: &Path) -> Effective {
    let path = value.value.strip_prefix('<').map_or(value.value.as_str(), str::trim);
    let path = config.parent().unwrap_or(Path::new("/")).join(path).display().to_string();
    Effective { value: path, ..value }
}
