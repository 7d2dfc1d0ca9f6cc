//! Settings beside the certificate: wishes with names of endpoints become wishes with their places, and files of CAs.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::{FilePurpose, SettingWish};

use super::checks::Checks;
use super::choice::named;
use super::draft::Given;
use super::facts::Facts;
use super::intended::{Guard, Intended};
use super::target::{Setting, Target};
use super::{Content, choice::Slot, own};
use crate::deploy::change::{FileRules, Wanted};
use crate::keystore::certificate_pem;

/// What the configuration must say, and the files it must name. `pair` is what a new listener gets.
pub fn wanted(
    facts: &Facts,
    target: &Target,
    slots: &[Slot],
    rules: &FileRules,
    pair: Option<&(PathBuf, PathBuf)>,
    checks: &mut Checks,
) -> (Vec<Wanted>, Vec<Intended>) {
    let (mut wanted, mut files) = (Vec::new(), Vec::new());
    for setting in &target.settings {
        let places = |names: &[String], checks: &mut Checks| {
            let places = named(&facts.observation, target, names);
            if places.is_empty() {
                let which = if names.is_empty() { "with TLS".to_owned() } else { names.join(", ") };
                checks.fail("endpoints", format!("A setting is for endpoints that do not exist: {which}."), None);
            }
            places
        };
        match &setting.wish {
            SettingWish::Tls { endpoint, tls } => {
                for endpoint in places(std::slice::from_ref(endpoint), checks) {
                    wanted.push(Wanted::Tls { endpoint, tls: *tls });
                }
            }
            SettingWish::Listener { protocol, tls, port, address, server_name } => wanted.push(Wanted::Listener {
                protocol: *protocol,
                tls: *tls,
                port: *port,
                address: address.clone(),
                server_name: server_name.clone(),
                pair: pair.cloned(),
            }),
            SettingWish::Profile { endpoints, profile } => {
                wanted.push(Wanted::Profile { endpoints: places(endpoints, checks), profile: *profile });
            }
            SettingWish::Protocols { endpoints, lowest, highest } => {
                wanted.push(Wanted::Protocols { endpoints: places(endpoints, checks), lowest: *lowest, highest: *highest });
            }
            SettingWish::Ciphers { endpoints, ciphers } => {
                wanted.push(Wanted::Ciphers { endpoints: places(endpoints, checks), ciphers: ciphers.clone() });
            }
            SettingWish::CertificateWatch => wanted.push(Wanted::CertificateWatch),
            SettingWish::ClientVerification { endpoints, verification, depth } => {
                let endpoints = places(endpoints, checks);
                wanted.push(Wanted::ClientVerification { endpoints, verification: *verification, depth: *depth });
            }
            SettingWish::ClientCa { endpoints, .. } => {
                let endpoints = places(endpoints, checks);
                let file = client_ca(&rules.directory, files.len());
                match Guard::new(facts, slots, true).check_file(&file) {
                    Ok(()) => {
                        files.push(intended(&file, setting, rules));
                        wanted.push(Wanted::ClientCa { endpoints, file });
                    }
                    Err(refused) => checks.fail("client-ca-file", refused.words, Some(refused.note.to_owned())),
                }
            }
        }
    }
    (wanted, files)
}

/// Whether an endpoint is added.
pub fn adds_listener(target: &Target) -> bool {
    target.settings.iter().any(|setting| matches!(setting.wish, SettingWish::Listener { .. }))
}

/// Certificate and key of a new listener: those of the target's first certificate, whose files are added when no endpoint there is has
/// them; otherwise what another endpoint serves.
pub fn listener_pair(
    given: &Given<'_>,
    slots: &[Slot],
    intended: &[Intended],
    rules: &FileRules,
    checks: &mut Checks,
) -> (Option<(PathBuf, PathBuf)>, Vec<Intended>) {
    if !adds_listener(given.target) || given.facts.database.is_some() {
        return (None, Vec::new());
    }
    let path = |purposes: &[FilePurpose]| intended.iter().find(|file| purposes.contains(&file.purpose)).map(|file| file.path.clone());
    let both = FilePurpose::KeyAndCertificate;
    if let (Some(certificate), Some(key)) = (path(&[FilePurpose::Certificate, both]), path(&[FilePurpose::Key, both])) {
        return (Some((certificate, key)), Vec::new());
    }
    let Some(binding) = given.target.bindings.first() else {
        let pair = given.facts.observation.endpoints.iter().find_map(|endpoint| endpoint.pairs.first());
        return (pair.map(|pair| (PathBuf::from(&pair.certificate.value), PathBuf::from(&pair.key.value))), Vec::new());
    };
    let directory = binding.directory.clone().unwrap_or_else(|| rules.directory.clone());
    let slot = Slot { binding: 0, material: binding.material, endpoints: Vec::new(), pair: 0, present: None, named: false };
    for home in own::homes(given.materials, &[(binding.material, directory)]) {
        match own::files(given.facts, slots, &slot, &home, rules) {
            Ok((files, _)) => return (Some((home.certificate, home.key)), files),
            Err(refused) => checks.fail("files-own", refused.words, Some(refused.note.to_owned())),
        }
    }
    (None, Vec::new())
}

/// The file of the first, the second … set of CAs.
fn client_ca(directory: &Path, place: usize) -> PathBuf {
    match place {
        0 => directory.join("client-ca.pem"),
        place => directory.join(format!("client-ca-{}.pem", place + 1)),
    }
}

fn intended(file: &Path, setting: &Setting, rules: &FileRules) -> Intended {
    let text: String = setting.certificates.iter().map(|der| certificate_pem(der)).collect();
    Intended {
        path: file.to_owned(),
        purpose: FilePurpose::ClientCa,
        content: Content::Bytes(text.into_bytes()),
        rights: rules.certificate.clone(),
    }
}
