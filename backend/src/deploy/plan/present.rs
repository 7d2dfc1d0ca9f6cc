//! What is in a file now, compared with what shall be, and both in words.

use std::path::Path;

use certdeck_shared::api::plan::{FilePurpose, FileState};
use certdeck_shared::api::service::{FileCertificate, FileKey};
use certdeck_shared::detect;
use certdeck_shared::x509::fingerprint::sha256_hex;
use certdeck_shared::x509::life::date;
use certdeck_shared::x509::parse::{self, public_key};
use openssl::pkey::PKey;

use super::target::{KeyStanding, Source};
use super::{Content, KeyStoreFormat, MaterialPart, PasswordPlace, parameters};
use crate::deploy::material::read_password;
use crate::deploy::served::{self, Served};
use crate::host::tree::Tree;
use crate::keystore::{self, Passwords};

/// Most octets of a file that is replaced.
pub const LONGEST: u64 = 4 << 20;

/// Whether a file already has what shall be in it: the same certificates in the same order, the same key, whatever is around them.
pub fn holds(tree: &Tree, path: &Path, content: &Content, materials: &[Source]) -> bool {
    match content {
        Content::Directory => tree.attributes(path).is_ok_and(|attributes| attributes.directory),
        // A return is asked for because something is not so.
        Content::Earlier { .. } => false,
        Content::Bytes(bytes) => tree.read(path, LONGEST).is_ok_and(|present| present == *bytes),
        Content::Material { material, parts } => {
            let Some(material) = materials.get(*material) else { return false };
            let present = served::look(tree, &path.display().to_string());
            let certificates = present.file.certificates.iter().map(|certificate| certificate.fingerprint_sha256.clone());
            let key = match (parts.contains(&MaterialPart::Key), &material.key) {
                (true, KeyStanding::Ready { public_key }) => present.key.is_some_and(|key| same_key(&key, public_key)),
                (true, _) => false,
                (false, _) => present.file.key.is_none(),
            };
            let same = certificates.eq(certificates_of(material, parts).map(|der| sha256_hex(der)));
            key && same && parameters_of(parts).is_none_or(|pem| holds_parameters(tree, path, pem))
        }
        Content::KeyStore { material, password, .. } => {
            materials.get(*material).is_some_and(|material| store_holds(tree, path, password, material).unwrap_or(false))
        }
    }
}

/// Whether the parameters of a file are these.
fn holds_parameters(tree: &Tree, path: &Path, pem: &str) -> bool {
    tree.glance(path, LONGEST).is_ok_and(|seen| parameters::block(&String::from_utf8_lossy(&seen.content)) == Some(pem.trim_end()))
}

/// The parameters that shall be in a file.
fn parameters_of(parts: &[MaterialPart]) -> Option<&str> {
    parts.iter().find_map(|part| if let MaterialPart::Parameters(pem) = part { Some(pem.as_str()) } else { None })
}

/// Whether a key store holds a certificate with its key and chain alone; nothing when it cannot be opened.
fn store_holds(tree: &Tree, path: &Path, password: &PasswordPlace, material: &Source) -> Option<bool> {
    let password = read_password(tree, password).ok()?;
    let bytes = tree.read(path, LONGEST).ok()?;
    let found = keystore::open(&bytes, Passwords { file: Some(&password), key: None }).ok()?;
    let view = parse::certificate(&material.reference.leaf).ok()?;
    let key = matches!(found.keys.as_slice(), [key] if Some(&key.id) == view.public_key.nss_key_id.as_ref());
    let parts = [MaterialPart::Leaf, MaterialPart::Chain];
    Some(key && found.certificates.iter().map(|certificate| &certificate.der).eq(certificates_of(material, &parts)))
}

/// Whether two keys, SubjectPublicKeyInfo in DER, are the same however their parameters are written.
pub fn same_key(one: &[u8], other: &[u8]) -> bool {
    let read = |key: &[u8]| PKey::public_key_from_der(key).ok();
    one == other || matches!((read(one), read(other)), (Some(one), Some(other)) if one.public_eq(&other))
}

/// The certificates of a file, leaf first.
pub fn certificates_of<'a>(material: &'a Source, parts: &'a [MaterialPart]) -> impl Iterator<Item = &'a Vec<u8>> {
    let leaf = parts.contains(&MaterialPart::Leaf).then_some(&material.reference.leaf);
    let chain = if parts.contains(&MaterialPart::Chain) { material.reference.chain.as_slice() } else { &[] };
    leaf.into_iter().chain(chain)
}

/// A file as it is; nothing when there is none.
pub fn state(tree: &Tree, path: &Path, purpose: FilePurpose) -> Option<FileState> {
    let present = served::look(tree, &path.display().to_string());
    let link = tree.link(path).map(|target| target.display().to_string());
    if present.file.owner.is_none() && link.is_none() {
        return None;
    }
    let words = match purpose {
        FilePurpose::Configuration | FilePurpose::Directory => Vec::new(),
        _ => words_of_present(&present),
    };
    Some(FileState {
        owner: present.file.owner.unwrap_or_default(),
        group: present.file.group.unwrap_or_default(),
        mode: present.file.mode.unwrap_or_default(),
        words,
        link,
    })
}

fn words_of_present(present: &Served) -> Vec<String> {
    let key = match (&present.key, present.file.key) {
        (Some(public), _) => Some(words_of_key(public)),
        (None, Some(FileKey::Encrypted)) => Some("a private key that is encrypted".to_owned()),
        (None, Some(FileKey::Plain)) | (None, None) => None,
    };
    let certificates = words_of_certificates(&present.file.certificates);
    let store = present.file.key_store.then(|| "a key store, not opened".to_owned());
    key.into_iter().chain(certificates).chain(store).collect()
}

/// What shall be in a file, in words.
pub fn words_of(content: &Content, materials: &[Source]) -> Vec<String> {
    match content {
        Content::Directory | Content::Earlier { .. } => Vec::new(),
        Content::Bytes(bytes) => {
            words_of_certificates(&told(detect::read(bytes).certificates.into_iter().map(|found| found.der).collect()))
                .into_iter()
                .collect()
        }
        Content::Material { material, parts } => {
            let Some(material) = materials.get(*material) else { return Vec::new() };
            let key = match &material.key {
                KeyStanding::Ready { public_key } if parts.contains(&MaterialPart::Key) => Some(words_of_key(public_key)),
                _ => None,
            };
            let certificates = told(certificates_of(material, parts).cloned().collect());
            let parameters = parameters_of(parts).map(|_| PARAMETERS.to_owned());
            key.into_iter().chain(words_of_certificates(&certificates)).chain(parameters).collect()
        }
        Content::KeyStore { material, format, alias, .. } => {
            let Some(material) = materials.get(*material) else { return Vec::new() };
            let format = match format {
                KeyStoreFormat::Pkcs12 => "PKCS#12",
                KeyStoreFormat::Jks => "JKS",
            };
            let parts = [MaterialPart::Leaf, MaterialPart::Chain];
            let certificates = words_of_certificates(&told(certificates_of(material, &parts).cloned().collect()));
            [format!("{format} with the entry {alias}")].into_iter().chain(certificates).collect()
        }
    }
}

/// Said of parameters in a file.
const PARAMETERS: &str = "parameters for Diffie-Hellman";

fn told(certificates: Vec<Vec<u8>>) -> Vec<FileCertificate> {
    certificates.iter().filter_map(|der| served::certificate(der).ok()).collect()
}

/// `EC P-384, SHA-256 of the public key 5d90…`.
fn words_of_key(subject_public_key_info: &[u8]) -> String {
    let kind = public_key::view(subject_public_key_info).short();
    format!("{kind}, SHA-256 of the public key {}", sha256_hex(subject_public_key_info))
}

/// `CN=mail.example.com until 17 Feb 2027, 3 certificates in order`.
fn words_of_certificates(certificates: &[FileCertificate]) -> Option<String> {
    let first = certificates.first()?;
    let in_order = certificates.windows(2).all(|two| matches!(two, [one, next] if one.issuer == next.subject));
    let rest = match (certificates.len(), in_order) {
        (1, _) => String::new(),
        (count, true) => format!(", {count} certificates in order"),
        (count, false) => format!(", {count} certificates, not in order"),
    };
    Some(format!("{} until {}{rest}", first.subject, date(first.not_after)))
}
