//! Tomcat: the connectors of `server.xml`, in the form of 6 to 8.0 (attributes) and of 8.5 and later (`SSLHostConfig`).

mod edit;
pub mod elements;
mod key_store;
mod listener;
mod pairs;
mod sheet;
mod takeover;
mod targets;
mod watch;
pub mod xml;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Endpoint, KeyReader, Pair, Place, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, KeyStore, Observation, ObserveError, ServiceAdapter, built_in, pair};
use super::reading::Reading;
use crate::host::tree::{Process, Tree};
use elements::Element;

/// The adapter.
pub struct Tomcat;

impl ServiceAdapter for Tomcat {
    fn describe(&self) -> Description {
        Description {
            kind: ServiceKind::Tomcat,
            usual: &["/etc/tomcat10/server.xml", "/etc/tomcat9/server.xml", "/etc/tomcat/server.xml", "/opt/tomcat/conf/server.xml"],
            version: ("dpkg-query", &["-W", "-f", "${Package} ${Version}", "tomcat10"]),
        }
    }

    fn config_of(&self, _: &Tree, process: &Process) -> Option<PathBuf> {
        let given = |name: &str| process.arguments.iter().find_map(|argument| argument.strip_prefix(name));
        let base = given("-Dcatalina.base=").filter(|_| process.program == "java")?;
        Some(Path::new(base).join("conf/server.xml"))
    }

    fn key_store(&self, tree: &Tree, config: &Path, pair: &Pair) -> Result<Option<KeyStore>, String> {
        key_store::of(tree, config, pair)
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let elements = elements::read(&mut reading, config)?;
        let base = &elements::base(tree, config);
        let connectors = elements.roots.iter().flat_map(|root| root.all("Connector"));
        let endpoints = connectors.flat_map(|connector| endpoints(connector, base)).collect();
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                user: "tomcat".to_owned(),
                words: "Tomcat runs as a user of its own from the start, and reads keys and key stores as that user.".to_owned(),
            },
            config_files: reading.files,
            endpoints,
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }
}

/// A connector, once for each of its host names.
fn endpoints(connector: &Element, base: &Path) -> Vec<Endpoint> {
    let encrypted = connector.value("SSLEnabled").eq_ignore_ascii_case("true");
    let port = connector.value("port");
    let address = match connector.value("address") {
        "" => format!("*:{port}"),
        address if address.contains(':') => format!("[{address}]:{port}"),
        address => format!("{address}:{port}"),
    };
    let http = !connector.value("protocol").starts_with("AJP");
    let endpoint = |names: Vec<String>, place: &Place| Endpoint {
        name: names.first().cloned().unwrap_or_else(|| format!("port {port}")),
        protocol: if http { Protocol::Http } else { Protocol::Other },
        tls: if encrypted { TlsMode::Implicit } else { TlsMode::Off },
        addresses: vec![address.clone()],
        server_names: names,
        place: Some(place.clone()),
        pairs: Vec::new(),
        client_ca: Vec::new(),
        protocols: None,
        ciphers: None,
        client_verification: None,
    };
    if !encrypted {
        return vec![endpoint(Vec::new(), &connector.place)];
    }
    let hosts: Vec<&Element> = connector.children("SSLHostConfig").collect();
    if hosts.is_empty() {
        let old = connector.pair(base, "keystoreFile", "SSLCertificateFile", "SSLCertificateKeyFile", "SSLCertificateChainFile");
        let own = || pair(built_in("keystoreFile", "~/.keystore"), built_in("keystoreFile", "~/.keystore"), None);
        return vec![Endpoint {
            pairs: vec![old.unwrap_or_else(own)],
            client_ca: ["truststoreFile", "SSLCACertificateFile"].iter().filter_map(|name| connector.file(name, base)).collect(),
            protocols: ["sslEnabledProtocols", "SSLProtocol", "sslProtocol"].iter().find_map(|name| connector.attribute(name)).cloned(),
            ciphers: ["ciphers", "SSLCipherSuite"].iter().find_map(|name| connector.attribute(name)).cloned(),
            client_verification: ["clientAuth", "SSLVerifyClient"].iter().find_map(|name| connector.attribute(name)).cloned(),
            ..endpoint(Vec::new(), &connector.place)
        }];
    }
    let default = connector.value("defaultSSLHostConfigName");
    hosts
        .into_iter()
        .map(|host| {
            let name = host.value("hostName");
            let everyone = name.is_empty() || name == "_default_" || name == default;
            let names = if everyone { Vec::new() } else { vec![name.to_owned()] };
            let certificates = host.children("Certificate");
            let of = |element: &Element| {
                element.pair(base, "certificateKeystoreFile", "certificateFile", "certificateKeyFile", "certificateChainFile")
            };
            let mut pairs: Vec<Pair> = certificates.filter_map(of).collect();
            // Without an element of its own the host has the attributes itself.
            if pairs.is_empty() {
                pairs.extend(of(host));
            }
            Endpoint {
                pairs,
                client_ca: ["truststoreFile", "caCertificateFile", "caCertificatePath"]
                    .iter()
                    .filter_map(|name| host.file(name, base))
                    .collect(),
                protocols: host.attribute("protocols").cloned(),
                ciphers: host.attribute("ciphers").cloned(),
                client_verification: host.attribute("certificateVerification").cloned(),
                ..endpoint(names, &host.place)
            }
        })
        .collect()
}
