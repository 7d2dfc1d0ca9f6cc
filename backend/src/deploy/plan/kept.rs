//! The layout that keeps the paths of a configuration: only files are replaced, and what each is for decides what is written to it.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::FilePurpose;
use certdeck_shared::api::service::{Effective, Pair};

use super::choice::Slot;
use super::facts::Facts;
use super::intended::{Guard, Intended, Refused, material};
use super::target::Source;
use super::{Content, MaterialPart};
use crate::deploy::adapter::{KeyStore, adapter};
use crate::deploy::change::{FileRules, Rights, Wanted};
use crate::deploy::served;

/// Files of a slot, and what its configuration must say for them.
pub fn files(
    facts: &Facts,
    slots: &[Slot],
    slot: &Slot,
    pair: &Pair,
    source: &Source,
    rules: &FileRules,
) -> Result<(Vec<Intended>, Wanted), Refused> {
    let path = |effective: &Effective| PathBuf::from(&effective.value);
    let (certificate, key) = (path(&pair.certificate), path(&pair.key));
    // An empty file of a chain is an error to Apache, and the setting that names it goes.
    let chain = pair.chain.as_ref().map(path).filter(|_| !source.reference.chain.is_empty());
    let guard = Guard::new(facts, slots, false);
    for path in [Some(&certificate), Some(&key), chain.as_ref()].into_iter().flatten() {
        guard.check(path, slot.material)?;
    }
    let file =
        |path: &PathBuf, purpose, content, rights: &Rights| Intended { path: path.clone(), purpose, content, rights: rights.clone() };
    let mut files = Vec::new();
    if certificate == key {
        let (purpose, content) = match key_store(facts, slot, pair)? {
            Some(content) => (FilePurpose::KeyStore, content),
            // Postfix wants the key first; nobody else minds.
            None => {
                (FilePurpose::KeyAndCertificate, material(slot.material, &[MaterialPart::Key, MaterialPart::Leaf, MaterialPart::Chain]))
            }
        };
        files.push(file(&key, purpose, content, &rules.key));
    } else {
        let sent: &[MaterialPart] = if chain.is_some() { &[MaterialPart::Leaf] } else { &[MaterialPart::Leaf, MaterialPart::Chain] };
        files.push(file(&key, FilePurpose::Key, material(slot.material, &[MaterialPart::Key]), &rules.key));
        files.push(file(&certificate, FilePurpose::Certificate, material(slot.material, sent), &rules.certificate));
    }
    if let Some(chain) = &chain {
        files.push(file(chain, FilePurpose::Chain, material(slot.material, &[MaterialPart::Chain]), &rules.certificate));
    }
    let wanted = Wanted::Pair { endpoints: slot.endpoints.clone(), pair: slot.pair, certificate, key, chain };
    Ok((files, wanted))
}

/// What is written to a key store; nothing when the file is none.
fn key_store(facts: &Facts, slot: &Slot, pair: &Pair) -> Result<Option<Content>, Refused> {
    const NOTE: &str = "Choose the service's own layout: it gets files with PEM, which need no password.";
    let refused = |words: String| Refused { words, note: NOTE };
    let store = adapter(facts.service.kind).key_store(&facts.tree, Path::new(&facts.service.config), pair).map_err(refused)?;
    match store {
        Some(store) => {
            let KeyStore { format, alias, password } = store;
            Ok(Some(Content::KeyStore { material: slot.material, format, alias, password }))
        }
        None if served::look(&facts.tree, &pair.key.value).file.key_store => {
            Err(refused(format!("{} is a key store, and where its password stands is not known.", pair.key.value)))
        }
        None => Ok(None),
    }
}
