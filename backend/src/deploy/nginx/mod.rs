//! nginx: `server` blocks of `http`, `stream` and `mail`, with what they inherit.

pub mod syntax;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Pair, Place, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, option, pair, set_at};
use super::reading::{Missing, Reading, place};
use super::settings::What;
use crate::host::tree::{Process, Tree};
use syntax::arguments;

/// The adapter.
pub struct Nginx;

/// A directive and its arguments.
#[derive(Debug, Clone)]
struct Directive {
    name: String,
    arguments: Vec<String>,
    place: Place,
}

/// A block that is open, or was.
#[derive(Debug, Clone)]
struct Block {
    name: String,
    place: Place,
    directives: Vec<Directive>,
}

/// A `server` with the blocks round it, the outermost first.
struct Server {
    blocks: Vec<Block>,
}

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
        let main = Block { name: String::new(), place: Place { file: config.display().to_string(), line: 1 }, directives: Vec::new() };
        let mut walk = Walk { base: config.parent().unwrap_or(Path::new("/")).to_owned(), open: vec![main], servers: Vec::new() };
        if !walk.read(&mut reading, config, None) {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        }
        // A server inherits what stands behind it, too: only now are the blocks round it whole.
        let endpoints = walk.servers.iter().map(|server| server.endpoint(&walk.base, &mut reading)).collect();
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                user: "root".to_owned(),
                words: "The master process reads certificates and keys as root when it starts and when it is told to reload.".to_owned(),
            },
            config_files: reading.files,
            endpoints,
            remarks: reading.remarks,
        })
    }
}

struct Walk {
    base: PathBuf,
    open: Vec<Block>,
    servers: Vec<Server>,
}

impl Walk {
    fn read(&mut self, reading: &mut Reading<'_>, path: &Path, included: Option<&Place>) -> bool {
        let Some(document) = reading.begin(path, included, syntax::parse) else { return false };
        let before = self.open.len();
        for entry in &document.entries {
            let here = place(&document, entry.line);
            match &entry.what {
                What::Quiet => {}
                What::Unknown(words) => reading.remark(&here, words),
                What::Open(block) => self.open.push(Block { name: block.name.clone(), place: here, directives: Vec::new() }),
                What::Close(_) if self.open.len() > before => self.close(),
                What::Close(_) => reading.remark(&here, "A } closes nothing."),
                What::Setting(setting) if setting.name == "include" => {
                    let pattern = self.base.join(arguments(&setting.text).into_iter().next().unwrap_or_default());
                    for path in reading.included(&pattern, &here, Missing::WrongByName, None) {
                        self.read(reading, &path, Some(&here));
                    }
                }
                What::Setting(setting) => {
                    let directive = Directive { name: setting.name.clone(), arguments: arguments(&setting.text), place: here };
                    if let Some(block) = self.open.last_mut() {
                        block.directives.push(directive);
                    }
                }
            }
        }
        while self.open.len() > before {
            if let Some(block) = self.open.last() {
                let (place, words) = (block.place.clone(), format!("{} {{ is not closed.", block.name));
                reading.remark(&place, words);
            }
            self.close();
        }
        reading.end();
        true
    }

    fn close(&mut self) {
        let Some(block) = self.open.pop() else { return };
        let outer: Vec<&str> = self.open.iter().map(|block| block.name.as_str()).collect();
        match block.name.as_str() {
            "server" if matches!(outer.as_slice(), ["", "http" | "stream" | "mail"]) => {
                let blocks = self.open.iter().cloned().chain([block]).collect();
                self.servers.push(Server { blocks });
            }
            name @ ("http" | "stream" | "mail") if outer == [""] => {
                // What stands behind a server holds for it as well.
                for server in self
                    .servers
                    .iter_mut()
                    .filter(|server| server.blocks.get(1).is_some_and(|outer| outer.name == name && outer.place == block.place))
                {
                    if let Some(outer) = server.blocks.get_mut(1) {
                        outer.directives.clone_from(&block.directives);
                    }
                }
            }
            _ => {}
        }
    }
}

impl Server {
    /// The innermost block that has directives of this name, and those.
    fn all(&self, name: &str) -> Vec<&Directive> {
        let of = |block: &'_ Block| -> usize { block.directives.iter().filter(|directive| directive.name == name).count() };
        let block = self.blocks.iter().rev().find(|block| of(block) > 0);
        block.map(|block| block.directives.iter().filter(|directive| directive.name == name).collect()).unwrap_or_default()
    }

    fn words(&self, name: &str) -> Option<Effective> {
        let directive = self.all(name).pop()?;
        Some(set_at(name, directive.arguments.join(" "), &directive.place))
    }

    fn files(&self, name: &str, base: &Path) -> Vec<Effective> {
        let first = |directive: &Directive| directive.arguments.first().cloned().unwrap_or_default();
        self.all(name)
            .into_iter()
            .map(|directive| set_at(name, base.join(first(directive)).display().to_string(), &directive.place))
            .collect()
    }

    fn endpoint(&self, base: &Path, reading: &mut Reading<'_>) -> Endpoint {
        let family = self.blocks.get(1).map(|block| block.name.as_str()).unwrap_or_default();
        let own = self.blocks.last();
        let of_server = |name: &str| -> Vec<&Directive> {
            own.map(|block| block.directives.iter().filter(|directive| directive.name == name).collect()).unwrap_or_default()
        };
        let listens = of_server("listen");
        let secure = listens.iter().any(|listen| listen.arguments.iter().skip(1).any(|word| word == "ssl" || word == "quic"));
        let old = self.words("ssl").is_some_and(|ssl| ssl.value == "on");
        let starttls = self.words("starttls").is_some_and(|starttls| matches!(starttls.value.as_str(), "on" | "only"));
        let tls = match (secure || old, starttls) {
            (true, _) => TlsMode::Implicit,
            (false, true) => TlsMode::Starttls,
            (false, false) => TlsMode::Off,
        };
        let encrypted = tls != TlsMode::Off;
        let mut addresses: Vec<String> =
            listens.iter().filter_map(|listen| listen.arguments.first()).map(|address| shown(address)).collect();
        if addresses.is_empty() && family == "http" {
            addresses.push("*:80".to_owned());
        }
        let server_names: Vec<String> = of_server("server_name")
            .into_iter()
            .flat_map(|names| names.arguments.clone())
            .filter(|name| name != "_" && !name.is_empty())
            .collect();
        let protocol = match (family, self.words("protocol").map(|protocol| protocol.value).as_deref()) {
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
            pairs: if encrypted { self.pairs(base, reading) } else { Vec::new() },
            client_ca: if encrypted { self.files("ssl_client_certificate", base) } else { Vec::new() },
            protocols: when("ssl_protocols").or_else(|| encrypted.then(|| built_in("ssl_protocols", "TLSv1.2 TLSv1.3"))),
            ciphers: when("ssl_ciphers"),
            client_verification: when("ssl_verify_client"),
            addresses,
        }
    }

    fn pairs(&self, base: &Path, reading: &mut Reading<'_>) -> Vec<Pair> {
        let keys = self.files("ssl_certificate_key", base);
        let mut pairs = Vec::new();
        for (at, certificate) in self.files("ssl_certificate", base).into_iter().enumerate() {
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

/// `443`, `*:443`, `example.org` and `[::]:443` with address and port.
fn shown(address: &str) -> String {
    if address.parse::<u16>().is_ok() {
        return format!("*:{address}");
    }
    let has_port = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port || address.starts_with("unix:") { address.to_owned() } else { format!("{address}:80") }
}
