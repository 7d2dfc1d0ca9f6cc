//! Keys as PEM or DER: PKCS#8, encrypted or not, and the older forms of OpenSSL.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certdeck_shared::detect::Detected;
use certdeck_shared::keystore::protection::EncryptedKey;
use openssl::pkey::PKey;
use zeroize::Zeroizing;

use super::contents::{Contents, Kind, Passwords};
use super::error::KeyFileError;
use super::password::{Effort, Password};
use super::private_key::PrivateKey;
use super::{cipher, pkcs12};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// More keys than anybody puts into one file.
const MOST: usize = 100;

pub(super) fn open(file: &[u8], detected: &Detected, passwords: Passwords<'_>) -> Result<Contents, KeyFileError> {
    if detected.keys.is_empty() {
        let words = detected.problems.first().map_or("there is no private key in it", String::as_str);
        return Err(KeyFileError::Unsupported(words.to_owned()));
    }
    let mut contents = Contents::new(Kind::Keys);
    let password = passwords.key.or(passwords.file);
    let effort = Effort::default();
    if file.first() == Some(&0x30) {
        let key = of_der(file, password, &effort, &mut contents)?;
        contents.add_key(key, None)?;
    } else {
        let text = std::str::from_utf8(file)
            .map_err(|_| KeyFileError::Damaged("the text is neither ASCII nor UTF-8; save it as plain text".to_owned()))?;
        for block in blocks(text).take(MOST) {
            let key = of_block(&block?, password, &effort, &mut contents)?;
            contents.add_key(key, None)?;
        }
    }
    for certificate in &detected.certificates {
        contents.add_certificate(certificate.der.clone(), None);
    }
    Ok(contents)
}

/// One armoured key.
struct Block<'a> {
    label: &'a str,
    body: &'a str,
    whole: &'a str,
}

/// The blocks whose label ends in `PRIVATE KEY`.
fn blocks(text: &str) -> impl Iterator<Item = Result<Block<'_>, KeyFileError>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let from = rest.get(rest.find(BEGIN)?..)?;
            rest = from.get(BEGIN.len()..)?;
            let Some((label, after)) = rest.split_once(DASHES) else { continue };
            if label.contains('\n') || !label.ends_with("PRIVATE KEY") {
                continue;
            }
            let closing = [END, label, DASHES].concat();
            let Some(end) = after.find(&closing) else {
                return Some(Err(KeyFileError::Damaged(format!("the block {label} has no END line"))));
            };
            let length = from.len() - after.len() + end + closing.len();
            rest = after.get(end + closing.len()..)?;
            return Some(Ok(Block { label, body: after.get(..end)?, whole: from.get(..length)? }));
        }
    })
}

fn of_block(block: &Block<'_>, password: Option<&str>, effort: &Effort, contents: &mut Contents) -> Result<PrivateKey, KeyFileError> {
    if block.label.starts_with("OPENSSH") {
        let cure = "it is a key of OpenSSH; ssh-keygen -p -m PKCS8 -f FILE makes a PKCS#8 key of it";
        return Err(KeyFileError::Unsupported(cure.to_owned()));
    }
    if block.body.contains("Proc-Type: 4,ENCRYPTED") {
        let password = password.ok_or(KeyFileError::PasswordRequired)?;
        contents.protections.insert("OpenSSL's own encryption with MD5".to_owned());
        // Whether it was the password or the ciphertext nobody can tell: there is no checksum.
        let key = PKey::private_key_from_pem_passphrase(block.whole.as_bytes(), password.as_bytes());
        return PrivateKey::from_openssl(&key.map_err(|_| KeyFileError::PasswordIncorrect)?);
    }
    let symbols: Zeroizing<Vec<u8>> = block.body.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect::<Vec<_>>().into();
    let der = STANDARD.decode(symbols.as_slice()).map(Zeroizing::new);
    of_der(&der.map_err(|_| KeyFileError::Damaged(format!("the block {} is not base64", block.label)))?, password, effort, contents)
}

fn of_der(der: &[u8], password: Option<&str>, effort: &Effort, contents: &mut Contents) -> Result<PrivateKey, KeyFileError> {
    let Ok(key) = EncryptedKey::read(der) else {
        // Not encrypted, or encrypted in a way that is told better below.
        return match (PrivateKey::read(der), EncryptedKey::read(der)) {
            (Err(_), Err(error @ certdeck_shared::keystore::KeystoreError::Unsupported { .. })) => Err(error.into()),
            (read, _) => read,
        };
    };
    contents.protections.insert(key.protection.to_string());
    let text = password.ok_or(KeyFileError::PasswordRequired)?;
    let pkcs8 = cipher::decrypt(&key.protection, &Password::new(text), &key.ciphertext, effort)?;
    let pkcs8 = pkcs8.filter(|octets| octets.first() == Some(&0x30)).ok_or(KeyFileError::PasswordIncorrect)?;
    PrivateKey::read(&pkcs8)
}

/// A certificate as `CERTIFICATE`.
#[must_use]
pub fn certificate(der: &[u8]) -> String {
    armoured("CERTIFICATE", der).to_string()
}

/// A key as `PRIVATE KEY`, for everyone to read.
#[must_use]
pub fn key(pkcs8: &[u8]) -> Zeroizing<String> {
    armoured("PRIVATE KEY", pkcs8)
}

/// A key as `ENCRYPTED PRIVATE KEY`: AES-256, PBKDF2 with SHA-256.
///
/// # Errors
/// When OpenSSL fails, which it does not.
pub fn encrypted_key(pkcs8: &[u8], password: &str) -> Result<Zeroizing<String>, KeyFileError> {
    let protection = pkcs12::modern();
    let ciphertext = cipher::encrypt(&protection, &Password::new(password), pkcs8)?;
    let der = EncryptedKey { protection, ciphertext }.to_der();
    let der = der.ok_or_else(|| KeyFileError::Openssl("a protection that is only read was to be written".to_owned()))?;
    Ok(armoured("ENCRYPTED PRIVATE KEY", &der))
}

fn armoured(label: &str, der: &[u8]) -> Zeroizing<String> {
    let text = Zeroizing::new(STANDARD.encode(der));
    // Whole from the start: growing would leave copies behind.
    let mut pem = Zeroizing::new(String::with_capacity(text.len() + text.len() / 64 + 2 * label.len() + 40));
    for part in [BEGIN, label, DASHES, "\n"] {
        pem.push_str(part);
    }
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    for part in [END, label, DASHES, "\n"] {
        pem.push_str(part);
    }
    pem
}
