//! nginx: `server` blocks of `http`, `stream` and `mail`, with what they inherit.

mod edit;
mod listener;
mod sheet;
pub mod syntax;
mod takeover;
pub mod walk;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Pair, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, option, pair, set_at};
use super::reading::Reading;
use crate::host::tree::{Process, Tree};
use walk::{Directive, Server, Walk};

/// The adapter.
pub struct Nginx;

impl ServiceAdapter for Nginx {
    fn describe(&self) -> Description {
        let usual = &["/etc/nginx/nginx.conf", "/usr/local/nginx/conf/nginx.conf", "/usr/local/etc/nginx/nginx.conf"];
        Description { kind: ServiceKind::Nginx, usual, version: ("nginx", &["-v"]) }
    }

    fn config_of(&self, _: &Tree, process: &Process) -> Option<PathBuf> {
        if process.program != "nginx" {
            return None;
        }
        // It writes over its arguments: `nginx: master process /usr/sbin/nginx -c FILE`; workers have none.
        let title = process.arguments.join(" ");
        let words = title.strip_prefix("nginx: ").map_or(Some(title.as_str()), |rest| rest.strip_prefix("master process "))?;
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let prefix = PathBuf::from(option(&words, "-p").unwrap_or("/etc/nginx"));
        Some(prefix.join(option(&words, "-c").unwrap_or("/etc/nginx/nginx.conf")))
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let walk = Walk::of(&mut reading, config)?;
        // A server inherits what stands behind it, too: only now are the blocks round it whole.
        let endpoints = walk.servers.iter().map(|server| Shown { server, base: &walk.base }.endpoint(&mut reading)).collect();
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                user: "root".to_owned(),
                words: "The master process reads certificates and keys as root when it starts and when it is told to reload.".to_owned(),
            },
            config_files: reading.files,
            endpoints,
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }
}

/// A server as it is told.
struct Shown<'a> {
    server: &'a Server,
    base: &'a Path,
}

impl Shown<'_> {
    fn words(&self, name: &str) -> Option<Effective> {
        let directive = self.server.all(name).pop()?;
        Some(set_at(name, directive.arguments.join(" "), &directive.place))
    }

    fn files(&self, name: &str) -> Vec<Effective> {
        let file = |directive: &Directive| set_at(name, self.base.join(directive.first()).display().to_string(), &directive.place);
        self.server.all(name).into_iter().map(file).collect()
    }

    fn endpoint(&self, reading: &mut Reading<'_>) -> Endpoint {
        let own = self.server.own();
        let tls = self.server.tls();
        let encrypted = tls != TlsMode::Off;
        let addresses = self.server.addresses();
        let server_names: Vec<String> = own
            .into_iter()
            .flat_map(|own| own.all("server_name"))
            .flat_map(|names| names.arguments.clone())
            .filter(|name| name != "_" && !name.is_empty())
            .collect();
        let protocol = match (self.server.family(), self.words("protocol").map(|protocol| protocol.value).as_deref()) {
            ("http", _) => Protocol::Http,
            ("mail", Some("imap")) => Protocol::Imap,
            ("mail", Some("pop3")) => Protocol::Pop3,
            ("mail", Some("smtp")) => Protocol::Smtp,
            _ => Protocol::Other,
        };
        let when = |name: &str| encrypted.then(|| self.words(name)).flatten();
        Endpoint {
            name: server_names.first().or(addresses.first()).cloned().unwrap_or_else(|| "server".to_owned()),
            protocol,
            tls,
            server_names,
            place: own.map(|block| block.place.clone()),
            pairs: if encrypted { self.pairs(reading) } else { Vec::new() },
            client_ca: if encrypted { self.files("ssl_client_certificate") } else { Vec::new() },
            protocols: when("ssl_protocols").or_else(|| encrypted.then(|| built_in("ssl_protocols", "TLSv1.2 TLSv1.3"))),
            ciphers: when("ssl_ciphers"),
            client_verification: when("ssl_verify_client"),
            addresses,
        }
    }

    fn pairs(&self, reading: &mut Reading<'_>) -> Vec<Pair> {
        let keys = self.files("ssl_certificate_key");
        let mut pairs = Vec::new();
        for (at, certificate) in self.files("ssl_certificate").into_iter().enumerate() {
            if certificate.value.contains('$') {
                if let Some(place) = &certificate.place {
                    reading
                        .remark(place, "The file is chosen for each connection by a variable; which ones there are cannot be seen here.");
                }
                continue;
            }
            let key = keys.get(at).cloned().unwrap_or_else(|| built_in("ssl_certificate_key", certificate.value.clone()));
            pairs.push(pair(certificate, key, None));
        }
        pairs
    }
}
