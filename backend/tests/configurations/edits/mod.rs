//! Edits: they change what they should, nothing else, and once; the programs that read the configurations are the judges.

mod apache;
mod corpus;
mod nginx;
mod slapd;
mod tomcat;

use std::path::{Path, PathBuf};

use certdeck::deploy::adapter::{Observation, adapter};
use certdeck::deploy::change::{EditRefused, Edits, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::host::tree::Tree;
use certdeck_shared::api::service::{Endpoint, Pair, ServiceKind};

fn observed(kind: ServiceKind, tree: &Tree, config: &Path) -> Observation {
    adapter(kind).observe(tree, config).unwrap()
}

fn edited(kind: ServiceKind, tree: &Tree, config: &Path, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
    editor(kind).edit(tree, config, &observed(kind, tree, config), wanted)
}

/// Edits a configuration; a second edit must find nothing to do.
fn apply(kind: ServiceKind, tree: &Tree, root: &Path, config: &Path, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
    let edits = edited(kind, tree, config, wanted)?;
    for file in &edits.files {
        let path = root.join(file.path.strip_prefix("/").unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), file.before);
        std::fs::write(path, &file.after).unwrap();
    }
    let again = edited(kind, tree, config, wanted).unwrap();
    assert_eq!(again, Edits::default(), "{wanted:?}");
    Ok(edits)
}

/// The lines that went and those that came: what is neither stands in both files in the same order.
fn difference(before: &[u8], after: &[u8]) -> (Vec<String>, Vec<String>) {
    let lines = |bytes: &[u8]| -> Vec<String> { String::from_utf8_lossy(bytes).split_inclusive('\n').map(str::to_owned).collect() };
    let (before, after) = (lines(before), lines(after));
    let same = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let (before, after) = (&before[same..], &after[same..]);
    let behind = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let (before, after) = (&before[..before.len() - behind], &after[..after.len() - behind]);
    // Longest common subsequence, from behind.
    let mut longest = vec![vec![0_u32; after.len() + 1]; before.len() + 1];
    for one in (0..before.len()).rev() {
        for other in (0..after.len()).rev() {
            longest[one][other] = if before[one] == after[other] {
                longest[one + 1][other + 1] + 1
            } else {
                longest[one + 1][other].max(longest[one][other + 1])
            };
        }
    }
    let (mut one, mut other, mut went, mut came) = (0, 0, Vec::new(), Vec::new());
    while one < before.len() || other < after.len() {
        if one < before.len() && other < after.len() && before[one] == after[other] {
            (one, other) = (one + 1, other + 1);
        } else if other == after.len() || (one < before.len() && longest[one + 1][other] >= longest[one][other + 1]) {
            went.push(before[one].clone());
            one += 1;
        } else {
            came.push(after[other].clone());
            other += 1;
        }
    }
    (went, came)
}

fn pair(endpoints: &[usize], pair: usize, certificate: &str, key: &str) -> Wanted {
    Wanted::Pair { endpoints: endpoints.to_vec(), pair, certificate: PathBuf::from(certificate), key: PathBuf::from(key), chain: None }
}

fn files(pairs: &[Pair]) -> Vec<(&str, &str, Option<&str>)> {
    pairs
        .iter()
        .map(|pair| (pair.certificate.value.as_str(), pair.key.value.as_str(), pair.chain.as_ref().map(|chain| chain.value.as_str())))
        .collect()
}

/// Everything of an endpoint but the places, which move with lines.
fn values(endpoint: &Endpoint) -> Vec<String> {
    let mut values = vec![format!("{:?} {:?} {:?}", endpoint.tls, endpoint.addresses, endpoint.server_names)];
    values.extend(files(&endpoint.pairs).iter().map(|files| format!("{files:?}")));
    let settings = endpoint.client_ca.iter().chain(&endpoint.protocols).chain(&endpoint.ciphers).chain(&endpoint.client_verification);
    values.extend(settings.map(|setting| format!("{} {}", setting.name, setting.value)));
    values
}
