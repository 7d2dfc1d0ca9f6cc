//! OpenLDAP's slapd: `slapd.conf`, or the entry `cn=config` in a directory `slapd.d`.

pub mod conf;
mod edit;
mod forget;
mod found;
pub mod ldapi;
pub mod ldif;
pub mod library;
mod listener;
pub mod modify;
pub mod offline;
pub mod preflight;
mod replication;
mod running;
mod started;
mod starttls;
mod takeover;
mod values;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Protocol, ServiceKind, TlsMode};

pub use modify::{ModifyError, Restored, modify, restore};
pub use preflight::{PreflightError, preflight};

use self::found::Found;
use self::started::Started;
use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, option, pair, set_at};
use super::reading::Reading;
use crate::host::tree::{Process, Tree};

/// Configurations that slapd finds by itself, or the script that starts it.
const USUAL: [&str; 4] = ["/etc/ldap/slapd.d", "/etc/ldap/slapd.conf", "/etc/openldap/slapd.d", "/etc/openldap/slapd.conf"];

/// The adapter.
pub struct Slapd;

impl ServiceAdapter for Slapd {
    fn describe(&self) -> Description {
        Description {
            kind: ServiceKind::Slapd,
            usual: &USUAL,
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
        let Some(mut found) = found::read(&mut reading, config) else {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        };
        let process = process_of(tree, config);
        let started = Started::of(tree, process.as_ref());
        if process.is_some() && is_directory(tree, config) {
            running::compare(&mut reading, config, &started, &mut found);
        }
        replication::remark(&mut reading, config, &found);
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
            endpoints: match process.is_some() || started::by_script(tree, config) {
                true => started.addresses.iter().filter_map(|address| endpoint(address, &found)).collect(),
                false => ["ldap:///", "ldaps:///"].iter().filter_map(|address| Some(nowhere(endpoint(address, &found)?))).collect(),
            },
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }
}

/// The process that uses a configuration.
fn process_of(tree: &Tree, config: &Path) -> Option<Process> {
    tree.processes().into_iter().find(|process| Slapd.config_of(tree, process).as_deref() == Some(config))
}

/// Whether a configuration is a directory `slapd.d`.
fn is_directory(tree: &Tree, config: &Path) -> bool {
    tree.attributes(config).is_ok_and(|attributes| attributes.directory)
}

/// The same for one that listens where whoever starts it will say.
fn nowhere(endpoint: Endpoint) -> Endpoint {
    Endpoint { addresses: Vec::new(), ..endpoint }
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
