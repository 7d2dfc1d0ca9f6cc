//! Postfix: `main.cf`, and the overrides of `master.cf`.

mod assign;
mod edit;
mod listener;
mod logical;
pub mod main_cf;
pub mod master_cf;
mod pairs;
mod parameters;
mod spelling;
mod takeover;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Pair, Place, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, pair, set_at};
use super::reading::{Reading, place};
use super::settings::{Document, What};
use crate::host::tree::{Process, Tree};
use parameters::Parameters;

/// The adapter.
pub struct Postfix;

/// Said of a value that is not read.
const UNCLEAR: &str = "cannot be made out: it chooses by a comparison, or names itself.";

/// Parameters for a pair of each kind of key; the first take any kind.
const PAIRS: [(&str, &str); 3] = [
    ("smtpd_tls_cert_file", "smtpd_tls_key_file"),
    ("smtpd_tls_eccert_file", "smtpd_tls_eckey_file"),
    ("smtpd_tls_dcert_file", "smtpd_tls_dkey_file"),
];

/// Ports with names of their own in `master.cf`.
const NAMED_PORTS: [(&str, &str); 5] = [("smtp", "25"), ("submissions", "465"), ("smtps", "465"), ("ssmtp", "465"), ("submission", "587")];

/// Commands of `master.cf` that speak SMTP to the world.
const SERVERS: [&str; 2] = ["smtpd", "postscreen"];

impl ServiceAdapter for Postfix {
    fn describe(&self) -> Description {
        Description { kind: ServiceKind::Postfix, usual: &["/etc/postfix"], version: ("postconf", &["-d", "-h", "mail_version"]) }
    }

    fn config_of(&self, tree: &Tree, process: &Process) -> Option<PathBuf> {
        // Its arguments say nothing: `master -w`, with the directory in the environment.
        let is_master = process.program == "master" && process.arguments.first().is_some_and(|name| name.contains("postfix"));
        is_master.then(|| tree.variable(process.id, "MAIL_CONFIG").unwrap_or_else(|| "/etc/postfix".to_owned()).into())
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let mut open = |name: &str, parser| {
            let document = reading.begin(&config.join(name), None, parser);
            reading.end();
            document.ok_or_else(|| ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()))
        };
        let main = open("main.cf", main_cf::parse)?;
        let master = open("master.cf", master_cf::parse)?;
        for document in [&main, &master] {
            for entry in &document.entries {
                if let What::Unknown(words) = &entry.what {
                    reading.remark(&place(document, entry.line), words);
                }
            }
        }
        let parameters = Parameters::of(&main);
        let services = services(&master, &parameters);
        let endpoints = services.iter().filter_map(|service| service.endpoint(&mut reading)).collect();
        Ok(Observation {
            instance: parameters.given("multi_instance_name").map(|name| name.value),
            key_reader: KeyReader {
                user: "root".to_owned(),
                words: "smtpd reads the key as root, before it gives its rights up.".to_owned(),
            },
            config_files: reading.files,
            endpoints,
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }
}

/// The host and the port in the name of a service: `127.0.0.1:submission`.
fn host_and_port(name: &str) -> (Option<&str>, &str) {
    let (host, port) = name.rsplit_once(':').map_or((None, name), |(host, port)| (Some(host).filter(|host| !host.is_empty()), port));
    (host, NAMED_PORTS.iter().find(|(known, _)| *known == port).map_or(port, |(_, number)| number))
}

/// A line of `master.cf` with what holds for it.
struct Service {
    name: String,
    fields: Vec<String>,
    place: Place,
    /// Its place among the entries of `master.cf`.
    entry: usize,
    parameters: Parameters,
}

fn services(master: &Document, main: &Parameters) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    for (at, entry) in master.entries.iter().enumerate() {
        match (&entry.what, services.last_mut()) {
            (What::Open(line), _) => services.push(Service {
                name: line.name.clone(),
                fields: line.text.split_whitespace().map(str::to_owned).collect(),
                place: place(master, entry.line),
                entry: at,
                parameters: main.clone(),
            }),
            (What::Setting(setting), Some(service)) => {
                service.parameters.set(&setting.name, &setting.text, place(master, entry.line));
            }
            _ => {}
        }
    }
    services
}

impl Service {
    fn field(&self, at: usize) -> &str {
        self.fields.get(at).map(String::as_str).unwrap_or_default()
    }

    /// Whether it speaks SMTP over the network.
    fn is_endpoint(&self) -> bool {
        self.field(0) == "inet" && SERVERS.contains(&self.field(6))
    }

    /// How TLS begins, and whether clients must use it.
    fn tls(&self) -> (TlsMode, bool) {
        match (self.yes("smtpd_tls_wrappermode"), self.level()) {
            // Wrapper mode does nothing without a level.
            (true, _) => (TlsMode::Implicit, true),
            (false, Some(mandatory)) => (TlsMode::Starttls, mandatory),
            (false, None) => (TlsMode::Off, false),
        }
    }

    fn yes(&self, name: &str) -> bool {
        self.parameters.value(name) == "yes"
    }

    /// Whether clients must use TLS; nothing where there is none. The two older parameters count without the newer.
    fn level(&self) -> Option<bool> {
        match self.parameters.value("smtpd_tls_security_level").as_str() {
            "encrypt" => Some(true),
            "may" => Some(false),
            "" if self.yes("smtpd_enforce_tls") => Some(true),
            "" if self.yes("smtpd_use_tls") => Some(false),
            _ => None,
        }
    }

    /// The parameters for versions and ciphers that count at this level.
    fn protocols_and_ciphers(&self) -> [&'static str; 2] {
        if self.tls().1 {
            ["smtpd_tls_mandatory_protocols", "smtpd_tls_mandatory_ciphers"]
        } else {
            ["smtpd_tls_protocols", "smtpd_tls_ciphers"]
        }
    }

    /// Whether one of [`PAIRS`] is set.
    fn has_pair(&self, slot: usize) -> bool {
        let given = PAIRS.get(slot).and_then(|(certificate, _)| self.parameters.given(certificate));
        given.is_some_and(|certificate| certificate.value != "none")
    }

    /// The endpoint of a service that speaks SMTP over the network.
    fn endpoint(&self, reading: &mut Reading<'_>) -> Option<Endpoint> {
        if !self.is_endpoint() {
            return None;
        }
        for name in ["smtpd_tls_security_level", "smtpd_tls_chain_files", "smtpd_tls_cert_file", "smtpd_tls_key_file"] {
            if let Some(place) = self.parameters.unclear(name).cloned() {
                reading.remark(&place, format!("What {name} stands for {UNCLEAR}"));
            }
        }
        let maps = self.parameters.given("tls_server_sni_maps");
        if let Some(Effective { value, place: Some(place), .. }) = maps {
            let words = format!(
                "Clients that ask for a name of {value} get the certificate that the table holds for it, which is not changed here: the table is \
                 made anew by postmap -F."
            );
            reading.remark(&place, words);
        }
        let tls = self.tls().0;
        let [protocols, ciphers] = self.protocols_and_ciphers();
        let encrypted = tls != TlsMode::Off;
        let when = |name: &str| encrypted.then(|| self.parameters.given(name)).flatten();
        Some(Endpoint {
            name: self.name.clone(),
            protocol: Protocol::Smtp,
            tls,
            addresses: self.addresses(),
            server_names: self.host_name().into_iter().collect(),
            place: Some(self.place.clone()),
            pairs: if encrypted { self.pairs() } else { Vec::new() },
            client_ca: ["smtpd_tls_CAfile", "smtpd_tls_CApath"].into_iter().filter_map(when).collect(),
            protocols: when(protocols),
            ciphers: when(ciphers),
            client_verification: ["smtpd_tls_req_ccert", "smtpd_tls_ask_ccert"]
                .into_iter()
                .filter_map(when)
                .find(|asked| asked.value == "yes"),
        })
    }

    /// `smtpd_tls_chain_files` counts alone when it is set (TLS_README); otherwise one pair for each kind of key.
    fn pairs(&self) -> Vec<Pair> {
        if let Some(files) = self.parameters.given("smtpd_tls_chain_files") {
            // Key first, then its chain; a file may hold both.
            let names: Vec<&str> = files.value.split([' ', ',', '\t']).filter(|name| !name.is_empty()).collect();
            let named = |name: &str| match &files.place {
                Some(place) => set_at("smtpd_tls_chain_files", name, place),
                None => super::adapter::built_in("smtpd_tls_chain_files", name),
            };
            return match names.as_slice() {
                [one] => vec![pair(named(one), named(one), None)],
                several => several.chunks(2).filter_map(|two| Some(pair(named(two.last()?), named(two.first()?), None))).collect(),
            };
        }
        let set = PAIRS.iter().enumerate().filter(|(slot, _)| self.has_pair(*slot));
        set.filter_map(|(_, (certificate, key))| Some(pair(self.parameters.given(certificate)?, self.parameters.given(key)?, None)))
            .collect()
    }

    /// What it calls itself, where that is set: by itself Postfix takes the name of the host.
    fn host_name(&self) -> Option<String> {
        self.parameters.given("myhostname").map(|name| name.value)
    }

    fn addresses(&self) -> Vec<String> {
        let (host, port) = host_and_port(&self.name);
        let hosts = host.map_or_else(|| interfaces(&self.parameters), |host| vec![bracketed(host)]);
        hosts.iter().map(|host| format!("{host}:{port}")).collect()
    }
}

/// The hosts where services without one of their own listen (postconf(5)).
fn interfaces(parameters: &Parameters) -> Vec<String> {
    let protocols = parameters.value("inet_protocols");
    let of_ipv6_alone = protocols.contains("ipv6") && !protocols.contains("ipv4") && !protocols.contains("all");
    let interfaces = parameters.value("inet_interfaces");
    let hosts = interfaces.split([' ', ',', '\t']).filter(|host| !host.is_empty());
    let host = |host: &str| match (host, of_ipv6_alone) {
        ("all", false) => "*".to_owned(),
        ("all", true) => "[::]".to_owned(),
        ("loopback-only", false) => "localhost".to_owned(),
        ("loopback-only", true) => "[::1]".to_owned(),
        (host, _) => bracketed(host),
    };
    hosts.map(host).collect()
}

/// An address of IPv6 in brackets, anything else as it is.
fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}
