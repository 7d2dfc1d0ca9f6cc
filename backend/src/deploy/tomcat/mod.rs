//! Tomcat: the connectors of `server.xml`, in the form of 6 to 8.0 (attributes) and of 8.5 and later (`SSLHostConfig`).

pub mod xml;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Pair, Place, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, pair, set_at};
use super::reading::{Reading, place};
use super::settings::What;
use crate::host::tree::{Process, Tree};

/// The adapter.
pub struct Tomcat;

/// An element with what it holds.
#[derive(Debug, Clone)]
struct Element {
    name: String,
    place: Place,
    attributes: Vec<Effective>,
    children: Vec<Element>,
}

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

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let Some(document) = reading.begin(config, None, xml::parse) else {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        };
        let conf = config.parent().unwrap_or(Path::new("/"));
        let base = &base(tree, conf);
        let properties = properties(tree, conf, base);
        let mut open: Vec<Element> = Vec::new();
        let mut connectors = Vec::new();
        for entry in &document.entries {
            let here = place(&document, entry.line);
            match &entry.what {
                What::Quiet => {}
                What::Unknown(words) => reading.remark(&here, words),
                What::Open(element) => {
                    open.push(Element { name: element.name.clone(), place: here, attributes: Vec::new(), children: Vec::new() })
                }
                What::Setting(attribute) => {
                    let value = replaced(&attribute.text, &properties);
                    if value.contains("${") {
                        reading.remark(&here, format!("{} names a property that catalina.properties does not set.", attribute.name));
                    }
                    if let Some(element) = open.last_mut() {
                        element.attributes.push(set_at(&attribute.name, value, &here));
                    }
                }
                What::Close(_) => {
                    let Some(element) = open.pop() else { continue };
                    match open.last_mut() {
                        _ if element.name == "Connector" => connectors.push(element),
                        Some(outer) => outer.children.push(element),
                        None => {}
                    }
                }
            }
        }
        let endpoints = connectors.iter().flat_map(|connector| endpoints(connector, base)).collect();
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                user: "tomcat".to_owned(),
                words: "Tomcat runs as a user of its own from the start, and reads keys and key stores as that user.".to_owned(),
            },
            config_files: reading.files,
            endpoints,
            remarks: reading.remarks,
        })
    }
}

/// CATALINA_BASE, where relative paths begin. Debian keeps the configuration in `/etc/tomcat10`, and `conf` of `/var/lib/tomcat10` is a link to it.
fn base(tree: &Tree, conf: &Path) -> PathBuf {
    let beside = conf.parent().unwrap_or(conf).to_owned();
    if conf.ends_with("conf") {
        return beside;
    }
    let debian = Path::new("/var/lib").join(conf.file_name().unwrap_or_default());
    if tree.follow(&debian.join("conf")).is_ok_and(|way| way.end == conf) { debian } else { beside }
}

/// `name=value` of `catalina.properties`, and the two that Tomcat sets by itself.
fn properties(tree: &Tree, conf: &Path, base: &Path) -> HashMap<String, String> {
    let content = tree.read(&conf.join("catalina.properties"), 1 << 20).unwrap_or_default();
    let content = String::from_utf8_lossy(&content).into_owned();
    let set = content.lines().map(str::trim).filter(|line| !line.starts_with(['#', '!'])).filter_map(|line| line.split_once('='));
    let mut properties: HashMap<String, String> = set.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
    properties.insert("catalina.base".to_owned(), base.display().to_string());
    properties.entry("catalina.home".to_owned()).or_insert_with(|| base.display().to_string());
    properties
}

/// Replaces `${name}`; what is not set stays.
fn replaced(text: &str, properties: &HashMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        // `${name:-default}` since 10.
        let (name, default) = name.split_once(":-").map_or((name, None), |(name, default)| (name, Some(default)));
        match properties.get(name).map(String::as_str).or(default) {
            Some(value) => out.push_str(value),
            None => out.push_str(&["${", name, "}"].concat()),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&Effective> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    fn value(&self, name: &str) -> &str {
        self.attribute(name).map_or("", |attribute| attribute.value.as_str())
    }

    fn file(&self, name: &str, base: &Path) -> Option<Effective> {
        let attribute = self.attribute(name)?;
        Some(Effective { value: base.join(&attribute.value).display().to_string(), ..attribute.clone() })
    }

    /// One of two: a key store holds both halves; PEM files come in pairs.
    fn pair(&self, base: &Path, store: &str, certificate: &str, key: &str, chain: &str) -> Option<Pair> {
        if let Some(store) = self.file(store, base) {
            return Some(pair(store.clone(), store, None));
        }
        let certificate = self.file(certificate, base)?;
        let key = self.file(key, base).unwrap_or_else(|| built_in(key, certificate.value.clone()));
        Some(pair(certificate, key, self.file(chain, base)))
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
    let hosts: Vec<&Element> = connector.children.iter().filter(|child| child.name == "SSLHostConfig").collect();
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
            let certificates = host.children.iter().filter(|child| child.name == "Certificate");
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
