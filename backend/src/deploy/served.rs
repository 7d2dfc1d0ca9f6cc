//! The files that endpoints name: whose they are, what is in them, and whether they belong together.

use std::path::Path;

use certdeck_shared::api::service::{FileCertificate, FileKey, NamedFile, Pair};
use certdeck_shared::detect;
use certdeck_shared::x509::fingerprint::sha256_hex;
use certdeck_shared::x509::parse::{self, ParseError};
use certdeck_shared::x509::view::GeneralNameView;
use openssl::pkey::PKey;
use openssl::x509::X509;
use zeroize::Zeroizing;

use crate::host::beyond::Withheld;
use crate::host::tree::Tree;

/// Most octets of a file of certificates: the largest bundles of CAs have some hundred thousand.
pub const LONGEST: u64 = 4 << 20;
/// Most certificates that are told of one file.
pub const MOST_CERTIFICATES: usize = 50;

/// A file with what is needed to compare it with others.
pub struct Served {
    /// What is told of it.
    pub file: NamedFile,
    /// Its first certificate, DER.
    pub leaf: Option<Vec<u8>>,
    /// Public key of its first certificate, SubjectPublicKeyInfo in DER as OpenSSL writes it.
    pub certificate_key: Option<Vec<u8>>,
    /// Public key of its first private key, likewise.
    pub key: Option<Vec<u8>>,
}

/// Looks at a file. Private keys in it are forgotten at once.
#[must_use]
pub fn look(tree: &Tree, path: &str) -> Served {
    let mut file = NamedFile {
        path: path.to_owned(),
        links: Vec::new(),
        owner: None,
        group: None,
        mode: None,
        key_store: false,
        directory: false,
        certificates: Vec::new(),
        key: None,
        snakeoil: false,
        findings: Vec::new(),
    };
    let at = Path::new(path);
    if let Ok(way) = tree.follow(at) {
        file.links = way.links.iter().map(|(from, to)| format!("{} -> {}", from.display(), to.display())).collect();
        let name = way.end.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        file.snakeoil = name.starts_with("ssl-cert-snakeoil.");
    }
    let mut served = Served { file, leaf: None, certificate_key: None, key: None };
    if let Err(words) = served.read(tree, at) {
        served.file.findings.push(words);
    }
    served
}

impl Served {
    fn read(&mut self, tree: &Tree, path: &Path) -> Result<(), String> {
        let attributes = tree.attributes(path).map_err(|error| match error.is_absent() {
            true => "There is no such file.".to_owned(),
            false => format!("It cannot be looked at: {}.", error.source),
        })?;
        self.file.owner = Some(attributes.user_name());
        self.file.group = Some(attributes.group_name());
        self.file.mode = Some(format!("{:04o}", attributes.mode));
        self.file.directory = attributes.directory;
        if attributes.directory {
            return Ok(());
        }
        let seen = tree.glance(path, LONGEST).map_err(|error| format!("It cannot be read: {}.", error.source))?;
        let (bytes, withheld) = (Zeroizing::new(seen.content), seen.withheld);
        let detected = detect::read(&bytes);
        self.file.key_store = detected.jks || detected.pkcs12 || withheld.as_ref().is_some_and(|withheld| withheld.key_store);
        if self.file.key_store {
            return Ok(());
        }
        for certificate in detected.certificates.iter().take(MOST_CERTIFICATES) {
            match self::certificate(&certificate.der) {
                Ok(told) => self.file.certificates.push(told),
                Err(error) => self.file.findings.push(format!("A certificate in it cannot be read: {error}.")),
            }
        }
        self.leaf = detected.certificates.first().map(|certificate| certificate.der.clone());
        let first = self.leaf.as_deref().and_then(|leaf| X509::from_der(leaf).ok());
        self.certificate_key = first.and_then(|certificate| certificate.public_key().ok()?.public_key_to_der().ok());
        match withheld {
            None => self.read_key(&bytes),
            Some(Withheld { encrypted: true, .. }) => self.encrypted(),
            Some(Withheld { public_key, .. }) => {
                self.file.key = public_key.is_some().then_some(FileKey::Plain);
                self.key = public_key;
            }
        }
        self.judge_mode(attributes.mode);
        if self.file.certificates.is_empty() && self.file.key.is_none() && self.file.findings.is_empty() {
            self.file.findings.push("There is neither a certificate nor a private key in it.".to_owned());
        }
        Ok(())
    }

    fn encrypted(&mut self) {
        self.file.key = Some(FileKey::Encrypted);
        self.file.findings.push("The private key is encrypted: no daemon can type its password.".to_owned());
    }

    fn read_key(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let armoured = text.contains("PRIVATE KEY-----");
        if armoured && (text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            self.encrypted();
        } else if armoured || (self.file.certificates.is_empty() && bytes.first() == Some(&0x30)) {
            // Without a password, and never asking for one at a terminal.
            let key = PKey::private_key_from_pem_callback(bytes, |_| Ok(0)).or_else(|_| PKey::private_key_from_der(bytes));
            match key.and_then(|key| key.public_key_to_der()) {
                Ok(public) => {
                    self.file.key = Some(FileKey::Plain);
                    self.key = Some(public);
                }
                Err(_) if armoured => self.file.findings.push("The private key is damaged.".to_owned()),
                Err(_) => {}
            }
        }
    }

    fn judge_mode(&mut self, mode: u32) {
        if self.file.key == Some(FileKey::Plain) && mode & 0o004 != 0 {
            self.file.findings.push(format!("Everybody on this host can read the private key: its mode is {mode:04o}."));
        } else if self.file.key == Some(FileKey::Plain) && mode & 0o002 != 0 {
            self.file.findings.push(format!("Everybody on this host can write the private key: its mode is {mode:04o}."));
        }
    }
}

/// What is told of a certificate in a file.
///
/// # Errors
/// When it cannot be parsed.
pub fn certificate(der: &[u8]) -> Result<FileCertificate, ParseError> {
    let view = parse::certificate(der)?;
    Ok(FileCertificate {
        fingerprint_sha256: sha256_hex(der),
        subject: view.subject.to_string(),
        issuer: view.issuer.to_string(),
        serial_number: view.serial_number.clone(),
        names: view.subject_alternative_names.iter().map(GeneralNameView::text).collect(),
        public_key: view.public_key.short(),
        not_before: view.not_before,
        not_after: view.not_after,
        holders: Vec::new(),
    })
}

/// Compares the files of a pair.
pub fn compare(pair: &mut Pair, files: &[Served]) {
    if pair.database.is_some() {
        return;
    }
    let of = |path: &str| files.iter().find(|served| served.file.path == path);
    let (Some(certificate), Some(key)) = (of(&pair.certificate.value), of(&pair.key.value)) else { return };
    if certificate.file.key_store && certificate.leaf.is_none() {
        return;
    }
    if certificate.file.certificates.is_empty() && certificate.file.owner.is_some() && !certificate.file.directory {
        pair.findings.push("The file of the certificate holds no certificate.".to_owned());
    }
    if key.file.key.is_none() && !key.file.key_store && key.file.owner.is_some() && !key.file.directory && key.file.findings.is_empty() {
        pair.findings.push("The file of the key holds no private key.".to_owned());
    }
    pair.key_matches = certificate.certificate_key.as_ref().zip(key.key.as_ref()).map(|(one, other)| one == other);
    if pair.key_matches == Some(false) {
        let words = if certificate.file.certificates.len() > 1 {
            "The key does not belong to the first certificate of the file: it is another one's, or the order is wrong."
        } else {
            "The key does not belong to the certificate."
        };
        pair.findings.push(words.to_owned());
    }
    // The chain: each is issued by the next.
    let chain = pair.chain.as_ref().and_then(|chain| of(&chain.value));
    let sent: Vec<&FileCertificate> =
        certificate.file.certificates.iter().chain(chain.into_iter().flat_map(|chain| &chain.file.certificates)).collect();
    let broken = sent.windows(2).any(|two| matches!(two, [one, next] if one.issuer != next.subject));
    if broken {
        pair.findings.push("The certificates are not in order: each must be issued by the next.".to_owned());
    } else if let [alone] = sent.as_slice()
        && alone.issuer != alone.subject
    {
        pair.findings.push("Intermediate certificates are not in the file: clients that lack them refuse the certificate.".to_owned());
    }
}
