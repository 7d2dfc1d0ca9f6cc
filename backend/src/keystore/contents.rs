//! What is in a file, whichever kind of file it is.

use std::collections::{BTreeSet, HashSet};

use certdeck_shared::detect;
use certdeck_shared::keystore::jks::{JCEKS_MAGIC, MAGIC};
use certdeck_shared::x509::parse;

use super::error::KeyFileError;
use super::private_key::PrivateKey;
use super::{jks, pem, pkcs12};

/// Kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PKCS#12.
    Pkcs12,
    /// JKS.
    Jks,
    /// Keys and certificates as PEM or DER.
    Keys,
}

/// Passwords for a file.
#[derive(Clone, Copy, Default)]
pub struct Passwords<'a> {
    /// Of the file.
    pub file: Option<&'a str>,
    /// Of the keys in it, where they have another.
    pub key: Option<&'a str>,
}

/// A private key in a file.
pub struct KeyInFile {
    /// The key.
    pub key: PrivateKey,
    /// CKA_ID as NSS computes it, lower-case hex.
    pub id: String,
    /// friendlyName or alias.
    pub name: Option<String>,
}

/// A certificate in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInFile {
    /// The certificate.
    pub der: Vec<u8>,
    /// friendlyName or alias.
    pub name: Option<String>,
}

/// What is in a file.
pub struct Contents {
    /// Kind of the file.
    pub kind: Kind,
    /// How it is protected, in words.
    pub protections: BTreeSet<String>,
    /// The keys, each once.
    pub keys: Vec<KeyInFile>,
    /// The certificates, each once, in order.
    pub certificates: Vec<CertificateInFile>,
    /// What is to be said about the file: what is passed over, what protects nothing.
    pub remarks: Vec<String>,
}

impl Contents {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, protections: BTreeSet::new(), keys: Vec::new(), certificates: Vec::new(), remarks: Vec::new() }
    }

    pub(super) fn add_key(&mut self, key: PrivateKey, name: Option<String>) -> Result<(), KeyFileError> {
        let id = key.key_id().ok_or_else(|| KeyFileError::KeyNotUsable("The public half of a key cannot be read.".to_owned()))?;
        if !self.keys.iter().any(|known| known.id == id) {
            self.keys.push(KeyInFile { key, id, name });
        }
        Ok(())
    }

    pub(super) fn add_certificate(&mut self, der: Vec<u8>, name: Option<String>) {
        match self.certificates.iter_mut().find(|known| known.der == der) {
            Some(known) => known.name = known.name.take().or(name),
            None => self.certificates.push(CertificateInFile { der, name }),
        }
    }

    /// Gives a key's name to its certificate where that has none, and takes names back that several subjects share: NSS cannot keep those.
    fn settle_names(&mut self) {
        let mut taken = HashSet::new();
        for certificate in &mut self.certificates {
            let Ok(view) = parse::certificate(&certificate.der) else { continue };
            let id = view.public_key.nss_key_id.as_deref();
            if let Some(key) = self.keys.iter().find(|key| Some(key.id.as_str()) == id) {
                certificate.name = certificate.name.take().or_else(|| key.name.clone());
                taken.extend(certificate.name.clone().map(|name| (name, view.subject.to_string())));
            }
        }
        for certificate in &mut self.certificates {
            let Some(name) = certificate.name.clone() else { continue };
            let subject = parse::certificate(&certificate.der).map(|view| view.subject.to_string()).unwrap_or_default();
            if taken.iter().any(|(other, owner)| *other == name && *owner != subject) {
                certificate.name = None;
            }
            taken.insert((name, subject));
        }
    }
}

/// Opens a file of whatever kind; what it is is found by looking.
///
/// # Errors
/// `PasswordRequired`, `PasswordIncorrect` and `Damaged` are told apart as far as the file allows.
pub fn open(file: &[u8], passwords: Passwords<'_>) -> Result<Contents, KeyFileError> {
    let mut contents = if file.starts_with(&MAGIC) || file.starts_with(&JCEKS_MAGIC) {
        jks::open(file, passwords)?
    } else {
        let detected = detect::read(file);
        // Binary, and of DER's shape: what breaks off is nothing that could be recognised.
        if detected.is_empty() && matches!(file, [0x30, 0x80..=0x84, ..]) {
            return Err(KeyFileError::Damaged("it breaks off in the middle, or it is none of the files that hold keys".to_owned()));
        }
        if detected.pkcs12 { pkcs12::open(file, passwords)? } else { pem::open(file, &detected, passwords)? }
    };
    contents.settle_names();
    Ok(contents)
}
