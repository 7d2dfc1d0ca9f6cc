//! OpenLDAP's slapd: `slapd.conf`, or the entry `cn=config` in a directory `slapd.d`.

pub mod conf;
pub mod ldapi;
pub mod ldif;
pub mod library;
pub mod modify;
pub mod offline;

pub use modify::{ModifyError, Restored, modify, restore};

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Place, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, option, pair, set_at};
use super::reading::{Missing, Reading, place};
use super::settings::What;
use crate::host::tree::{Process, Tree};

/// The adapter.
pub struct Slapd;

/// Debian's settings for the start of slapd.
const DEFAULTS: &str = "/etc/default/slapd";

impl ServiceAdapter for Slapd {
    fn describe(&self) -> Description {
        Description {
            kind: ServiceKind::Slapd,
            usual: &["/etc/ldap/slapd.d", "/etc/ldap/slapd.conf", "/etc/openldap/slapd.d", "/etc/openldap/slapd.conf"],
            // `slapd -VV` tells it on standard error, and fails.
            version: ("dpkg-query", &["-W", "-f", "${Package} ${Version}", "slapd"]),
        }
    }

    fn config_of(&self, tree: &Tree, process: &Process) -> Option<PathBuf> {
        if process.program != "slapd" {
            return None;
        }
        let given = option(&process.arguments, "-F").or_else(|| option(&process.arguments, "-f"));
        let from = process.directory.clone().unwrap_or_else(|| "/".into());
        match given {
            Some(given) => Some(from.join(given)),
            None => self.describe().usual.iter().map(PathBuf::from).find(|path| tree.attributes(path).is_ok()),
        }
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let directory = tree.attributes(config).is_ok_and(|attributes| attributes.directory);
        let mut found = Vec::new();
        let read = if directory {
            entry(&mut reading, &config.join("cn=config.ldif"), &mut found)
        } else {
            file(&mut reading, config, None, &mut found)
        };
        if !read {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        }
        let process = tree.processes().into_iter().find(|process| self.config_of(tree, process).as_deref() == Some(config));
        let started = Started::of(tree, process.as_ref());
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                words: format!(
                    "slapd reads certificate and key as {}, when it starts and when its TLS settings are written anew.",
                    started.user
                ),
                user: started.user,
            },
            config_files: reading.files,
            endpoints: started.addresses.iter().filter_map(|address| endpoint(address, &found)).collect(),
            remarks: reading.remarks,
        })
    }
}

/// A directive of `slapd.conf`, or an attribute of `cn=config` under the name of the directive.
struct Found {
    name: String,
    shown: String,
    text: String,
    place: Place,
}

fn file(reading: &mut Reading<'_>, path: &Path, included: Option<&Place>, found: &mut Vec<Found>) -> bool {
    let Some(document) = reading.begin(path, included, conf::parse) else { return false };
    for (setting, line) in document.settings() {
        let here = place(&document, line);
        let text = setting.text.trim_matches('"').to_owned();
        if setting.name.eq_ignore_ascii_case("include") {
            for path in reading.included(Path::new(&text), &here, Missing::Wrong, None) {
                file(reading, &path, Some(&here), found);
            }
        } else {
            found.push(Found { name: setting.name.to_ascii_lowercase(), shown: setting.name.clone(), text, place: here });
        }
    }
    reading.end();
    true
}

fn entry(reading: &mut Reading<'_>, path: &Path, found: &mut Vec<Found>) -> bool {
    let Some(document) = reading.begin(path, None, ldif::parse) else { return false };
    for entry in &document.entries {
        let here = place(&document, entry.line);
        match &entry.what {
            What::Setting(setting) => {
                let name = setting.name.to_ascii_lowercase();
                let name = name.strip_prefix("olc").unwrap_or(&name).to_owned();
                found.push(Found { name, shown: setting.name.clone(), text: setting.text.clone(), place: here });
            }
            What::Unknown(words) => reading.remark(&here, words),
            _ => {}
        }
    }
    reading.end();
    true
}

/// How slapd was started, or would be by Debian's script.
struct Started {
    user: String,
    addresses: Vec<String>,
}

impl Started {
    fn of(tree: &Tree, process: Option<&Process>) -> Self {
        let defaults = tree.read(Path::new(DEFAULTS), 1 << 16).unwrap_or_default();
        let defaults = String::from_utf8_lossy(&defaults).into_owned();
        let from_defaults = |name: &str| {
            let value = defaults.lines().filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix('=')).next_back();
            value.map(|value| value.trim().trim_matches(['"', '\'']).to_owned()).filter(|value| !value.is_empty())
        };
        let given = |name: &str| process.and_then(|process| option(&process.arguments, name)).map(str::to_owned);
        let addresses = match process {
            Some(_) => given("-h"),
            None => from_defaults("SLAPD_SERVICES"),
        };
        let user = match process {
            Some(_) => given("-u").unwrap_or_else(|| "root".to_owned()),
            None => from_defaults("SLAPD_USER").unwrap_or_else(|| "openldap".to_owned()),
        };
        let addresses = addresses.unwrap_or_else(|| "ldap:///".to_owned());
        Self { user, addresses: addresses.split_whitespace().map(str::to_owned).collect() }
    }
}

/// The endpoint of an address such as `ldaps:///`; none for a socket of this host.
fn endpoint(address: &str, found: &[Found]) -> Option<Endpoint> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.trim_end_matches('/');
    let of = |name: &str| -> Option<Effective> {
        let found = found.iter().rev().find(|found| found.name == name)?;
        Some(set_at(&found.shown, found.text.clone(), &found.place))
    };
    let certificate = of("tlscertificatefile");
    let (tls, port) = match (scheme.to_ascii_lowercase().as_str(), certificate.is_some()) {
        ("ldaps", _) => (TlsMode::Implicit, "636"),
        ("ldap", true) => (TlsMode::Starttls, "389"),
        ("ldap", false) => (TlsMode::Off, "389"),
        _ => return None,
    };
    let host = if host.is_empty() { "*" } else { host };
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let encrypted = tls != TlsMode::Off;
    let pairs = certificate.map(|certificate| {
        let key = of("tlscertificatekeyfile").unwrap_or_else(|| built_in("TLSCertificateKeyFile", certificate.value.clone()));
        pair(certificate, key, None)
    });
    let when = |name: &str| encrypted.then(|| of(name)).flatten();
    Some(Endpoint {
        name: scheme.to_ascii_lowercase(),
        protocol: Protocol::Ldap,
        tls,
        addresses: vec![if has_port { host.to_owned() } else { format!("{host}:{port}") }],
        server_names: Vec::new(),
        place: None,
        pairs: pairs.into_iter().filter(|_| encrypted).collect(),
        client_ca: ["tlscacertificatefile", "tlscacertificatepath"].into_iter().filter_map(when).collect(),
        protocols: when("tlsprotocolmin"),
        ciphers: when("tlsciphersuite"),
        client_verification: when("tlsverifyclient"),
    })
}
