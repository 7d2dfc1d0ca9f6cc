//! What is told of a service: its configuration, and the files that it names.

use std::path::Path;

use certdeck_shared::api::service::{Endpoint, Holder, KeyReader, Service, ServiceDescription, TlsMode};

use crate::deploy::adapter::{Observation, adapter};
use crate::deploy::discovery::Found;
use crate::deploy::opened;
use crate::deploy::served::{self, Served};
use crate::deploy::version;
use crate::domain::databases::OpenDatabase;
use crate::host::tree::Tree;
use crate::nss::listing::ListedCertificate;
use crate::state::ServiceRecord;

/// Reads everything anew. Blocks.
pub(super) fn described(tree: &Tree, running: &[Found], record: ServiceRecord) -> ServiceDescription {
    let adapter = adapter(record.kind);
    let observed = adapter.observe(tree, Path::new(&record.config));
    let problem = observed.as_ref().err().map(ToString::to_string);
    let mut observation = observed.unwrap_or_else(|_| Observation {
        instance: None,
        key_reader: KeyReader { user: "root".to_owned(), words: String::new() },
        config_files: Vec::new(),
        endpoints: Vec::new(),
        remarks: Vec::new(),
        whole: false,
    });
    let mut files: Vec<Served> = paths(&observation.endpoints).iter().map(|path| served::look(tree, path)).collect();
    for pair in observation.endpoints.iter().flat_map(|endpoint| &endpoint.pairs) {
        let Some(file) = files.iter_mut().find(|file| file.file.path == pair.key.value && file.file.key_store) else { continue };
        match adapter.key_store(tree, Path::new(&record.config), pair) {
            Ok(Some(store)) => opened::open(tree, file, &store),
            Ok(None) => {}
            Err(words) => file.file.findings.push(words),
        }
    }
    for pair in observation.endpoints.iter_mut().flat_map(|endpoint| &mut endpoint.pairs) {
        served::compare(pair, &files);
    }
    let config = Path::new(&record.config);
    let processes = running.iter().find(|found| found.kind == record.kind && found.config == config);
    let encrypted = observation.endpoints.iter().filter(|endpoint| endpoint.tls != TlsMode::Off);
    let leaves = encrypted
        .clone()
        .flat_map(|endpoint| &endpoint.pairs)
        .filter_map(|pair| files.iter().find(|served| served.file.path == pair.certificate.value)?.file.certificates.first());
    let pairs = observation.endpoints.iter().flat_map(|endpoint| &endpoint.pairs);
    let findings = observation.remarks.len()
        + files.iter().map(|served| served.file.findings.len()).sum::<usize>()
        + pairs.map(|pair| pair.findings.len()).sum::<usize>();
    let control = record.control;
    let service = Service {
        id: record.id,
        kind: record.kind,
        label: record.label,
        config: record.config.clone(),
        processes: processes.map(|found| found.processes.clone()).unwrap_or_default(),
        problem,
        endpoints: encrypted.count(),
        not_after: leaves.map(|leaf| leaf.not_after).min(),
        findings,
        registered_at: record.registered_at,
    };
    ServiceDescription {
        service,
        version: version::installed(tree, &adapter.describe()),
        instance: observation.instance,
        control,
        own_control: None,
        key_reader: observation.key_reader,
        config_files: observation.config_files,
        endpoints: observation.endpoints,
        files: files.into_iter().map(|served| served.file).collect(),
        remarks: observation.remarks,
        terms: adapter.terms(),
    }
}

/// The files that endpoints name, each once.
fn paths(endpoints: &[Endpoint]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for endpoint in endpoints {
        let pairs = endpoint
            .pairs
            .iter()
            .filter(|pair| pair.database.is_none())
            .flat_map(|pair| [Some(&pair.certificate), Some(&pair.key), pair.chain.as_ref()]);
        for effective in pairs.flatten().chain(&endpoint.client_ca) {
            if !paths.contains(&effective.value) {
                paths.push(effective.value.clone());
            }
        }
    }
    paths
}

/// A database that holds a certificate.
pub(super) fn holder(database: &OpenDatabase, certificate: &ListedCertificate) -> Holder {
    Holder { database: database.id.clone(), label: database.label(), nickname: certificate.nickname.clone() }
}
