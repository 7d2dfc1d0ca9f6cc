//! Apache HTTP Server: virtual hosts, and what they inherit from the server.

mod edit;
mod hosts;
mod listener;
pub mod scope;
mod sheet;
pub mod syntax;
mod takeover;
pub mod walk;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Pair, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, option, pair, set_at};
use super::reading::Reading;
use crate::host::tree::{Process, Tree};
use scope::{Directive, Host, Scope};
use syntax::arguments;
use walk::Walk;

/// The adapter.
pub struct Apache;

impl ServiceAdapter for Apache {
    fn describe(&self) -> Description {
        Description {
            kind: ServiceKind::Apache,
            usual: &[
                "/etc/apache2/apache2.conf",
                "/etc/httpd/conf/httpd.conf",
                "/usr/local/apache2/conf/httpd.conf",
                "/etc/apache2/httpd.conf",
            ],
            version: ("apache2", &["-v"]),
        }
    }

    fn config_of(&self, tree: &Tree, process: &Process) -> Option<PathBuf> {
        if !matches!(process.program.as_str(), "apache2" | "httpd") {
            return None;
        }
        let root = option(&process.arguments, "-d").map(PathBuf::from);
        let usual = if process.program == "httpd" { "/etc/httpd" } else { "/etc/apache2" };
        let root = root.unwrap_or_else(|| usual.into());
        match option(&process.arguments, "-f") {
            Some(file) => Some(root.join(file)),
            None => ["apache2.conf", "conf/httpd.conf", "httpd.conf"]
                .iter()
                .map(|name| root.join(name))
                .find(|path| tree.attributes(path).is_ok()),
        }
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let walk = walked(&mut reading, config)?;
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                user: "root".to_owned(),
                words: "Apache reads certificates and keys as root when it starts and when it is told to reload.".to_owned(),
            },
            config_files: reading.files,
            endpoints: endpoints(&walk),
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }
}

/// Reads a configuration from its main file on.
fn walked(reading: &mut Reading<'_>, config: &Path) -> Result<Walk, ObserveError> {
    let directory = config.parent().unwrap_or(Path::new("/"));
    // Debian's file lies in the server root, everyone else's in its `conf`.
    let root = if directory.ends_with("conf") { directory.parent().unwrap_or(directory) } else { directory };
    let mut walk = Walk::new(root.to_owned(), environment(reading.tree, directory));
    if !walk.read(reading, config, None) {
        return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
    }
    Ok(walk)
}

/// The variables that Debian's `envvars` exports beside the configuration.
fn environment(tree: &Tree, directory: &Path) -> HashMap<String, String> {
    let content = tree.read(&directory.join("envvars"), 1 << 16).unwrap_or_default();
    let content = String::from_utf8_lossy(&content).into_owned();
    let exported = content.lines().filter_map(|line| line.trim().strip_prefix("export ")?.split_once('='));
    // An instance has a suffix; the plain one has none.
    let mut variables: HashMap<String, String> =
        exported.map(|(name, value)| (name.to_owned(), value.trim().trim_matches(['"', '\'']).replace("$SUFFIX", ""))).collect();
    variables.entry("APACHE_CONFDIR".to_owned()).or_insert_with(|| directory.display().to_string());
    variables
}

fn endpoints(walk: &Walk) -> Vec<Endpoint> {
    walk.hosts().map(|host| Shown { walk, host }.endpoint()).collect()
}

/// A virtual host as it is told.
struct Shown<'a> {
    walk: &'a Walk,
    host: Host<'a>,
}

impl Shown<'_> {
    fn words(&self, shown: &str) -> Option<Effective> {
        let directive = self.host.last(&shown.to_ascii_lowercase())?;
        Some(set_at(shown, arguments(&directive.text).join(" "), &directive.place))
    }

    /// The cipher suites of TLS 1.2 and before; those of 1.3 are set by the same directive.
    fn ciphers(&self) -> Option<Effective> {
        let of = |scope: &Scope| {
            let older = scope.all("sslciphersuite").filter(|directive| !directive.first().eq_ignore_ascii_case("TLSv1.3"));
            older.last().map(|directive| set_at("SSLCipherSuite", arguments(&directive.text).join(" "), &directive.place))
        };
        of(self.host.own).or_else(|| of(self.host.server))
    }

    fn files(&self, shown: &str) -> Vec<Effective> {
        let file =
            |directive: &Directive| set_at(shown, self.walk.server_root.join(directive.first()).display().to_string(), &directive.place);
        self.host.numbered(&shown.to_ascii_lowercase()).into_iter().map(file).collect()
    }

    fn file(&self, shown: &str) -> Option<Effective> {
        let directive = self.host.last(&shown.to_ascii_lowercase())?;
        Some(set_at(shown, self.walk.server_root.join(directive.first()).display().to_string(), &directive.place))
    }

    fn addresses(&self) -> Vec<String> {
        if !self.host.own.addresses.is_empty() {
            return self.host.own.addresses.clone();
        }
        let listened = self.walk.server.all("listen").map(Directive::first);
        listened.map(|address| if address.contains(':') { address } else { format!("*:{address}") }).collect()
    }

    fn endpoint(&self) -> Endpoint {
        let encrypted = self.host.is_encrypted();
        let own = self.host.own;
        // Its own name only: that of the server is not inherited.
        let named = if own.place.is_some() { own.last("servername") } else { self.walk.server.last("servername") };
        let name = named.map(Directive::first);
        let aliases = own.all("serveralias").flat_map(|alias| arguments(&alias.text));
        let addresses = self.addresses();
        let server_names: Vec<String> = name.iter().map(|name| without_port(name)).chain(aliases).collect();
        let when = |shown: &str| encrypted.then(|| self.words(shown)).flatten();
        Endpoint {
            name: server_names.first().cloned().unwrap_or_else(|| addresses.first().cloned().unwrap_or_else(|| "server".to_owned())),
            protocol: Protocol::Http,
            tls: if encrypted { TlsMode::Implicit } else { TlsMode::Off },
            addresses,
            server_names,
            place: own.place.clone(),
            pairs: if encrypted { self.pairs() } else { Vec::new() },
            client_ca: if encrypted {
                ["SSLCACertificateFile", "SSLCACertificatePath"].iter().filter_map(|name| self.file(name)).collect()
            } else {
                Vec::new()
            },
            protocols: when("SSLProtocol").or_else(|| encrypted.then(|| built_in("SSLProtocol", "all -SSLv3"))),
            ciphers: encrypted.then(|| self.ciphers()).flatten(),
            client_verification: when("SSLVerifyClient"),
        }
    }

    /// Certificates and keys in pairs; one that is alone holds its key itself.
    fn pairs(&self) -> Vec<Pair> {
        let keys = self.files("SSLCertificateKeyFile");
        let chain = self.file("SSLCertificateChainFile");
        self.files("SSLCertificateFile")
            .into_iter()
            .enumerate()
            .map(|(at, certificate)| {
                let key = keys.get(at).cloned().unwrap_or_else(|| built_in("SSLCertificateKeyFile", certificate.value.clone()));
                pair(certificate, key, chain.clone())
            })
            .collect()
    }
}

/// `https://name:port` as ServerName takes it.
fn without_port(name: &str) -> String {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    name.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(name, |(name, _)| name).to_owned()
}
