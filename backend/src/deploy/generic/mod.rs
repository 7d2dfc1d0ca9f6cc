//! A service of whatever program: a description says which files it has, who reads them and where it is reached. The programs that check,
//! reload and restart it are those of its registration.

mod description;
mod editor;
mod written;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, ServiceKind};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, pair};
use super::reading::Reading;
use super::settings::Document;
use crate::host::tree::{Process, Tree};
use description::Described;
pub use written::written;

/// The adapter.
pub struct Generic;

impl ServiceAdapter for Generic {
    fn describe(&self) -> Description {
        // There is no program that could be asked.
        Description { kind: ServiceKind::Generic, usual: &[], version: ("", &[]) }
    }

    fn config_of(&self, _: &Tree, _: &Process) -> Option<PathBuf> {
        None
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let unreadable = |words: String| ObserveError::Unreadable(words);
        let Some(document) = reading.begin(config, None, whole) else {
            return Err(unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        };
        let described = Described::read(document.bytes()).map_err(|words| unreadable(format!("{}: {words}", config.display())))?;
        let key_reader = described.setting("key-reader", config).unwrap_or_else(|| built_in("key-reader", "root"));
        Ok(Observation {
            instance: None,
            key_reader: KeyReader { user: key_reader.value, words: "The description of the service says so.".to_owned() },
            config_files: reading.files,
            endpoints: endpoints(&described, config),
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }
}

/// The description is read as a whole: its own format knows the lines.
fn whole(path: PathBuf, bytes: Vec<u8>) -> Document {
    let entries = super::settings::Entries::of(&bytes).finish();
    Document::new(path, bytes, entries)
}

fn endpoints(described: &Described, config: &Path) -> Vec<Endpoint> {
    let setting = |name: &str| described.setting(name, config);
    let ca: Vec<Effective> = described.authorities(config);
    let pairs: Vec<_> =
        setting("certificate").zip(setting("key")).map(|(certificate, key)| pair(certificate, key, setting("chain"))).into_iter().collect();
    let ports = described.ports(config).into_iter();
    ports
        .map(|(port, place)| Endpoint {
            name: port.name.unwrap_or_else(|| port.address.clone()),
            protocol: port.protocol,
            tls: port.tls,
            addresses: vec![port.address],
            server_names: port.server_names,
            place: Some(place),
            pairs: pairs.clone(),
            client_ca: ca.clone(),
            protocols: None,
            ciphers: None,
            client_verification: None,
        })
        .collect()
}
