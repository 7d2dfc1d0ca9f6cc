//! PKCS#12 files: opened as far as the password goes, and sealed.

use certdeck_shared::keystore::pkcs12::{self, Archive, Bag, BagContent, BagNames, Mac, MacKind, Safe};
use certdeck_shared::keystore::protection::{Cipher, Derivation, Digest, EncryptedKey, Protection};
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use super::contents::{Contents, Kind, Passwords};
use super::error::KeyFileError;
use super::password::{Effort, Password};
use super::private_key::PrivateKey;
use super::{ToSave, cipher, mac};
use crate::host::randomness;

/// Rounds of today's files: those of pk12util.
const ITERATIONS: u32 = 600_000;
/// Rounds for readers of the last century's formats, which know no others.
const LEGACY_ITERATIONS: u32 = 2048;

/// How a file is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// AES-256 for key and certificates, PBKDF2 and checksum with SHA-256.
    Modern,
    /// 3DES for the key, RC2-40 for the certificates, SHA-1: for readers that know nothing better.
    Legacy,
}

pub(super) fn open(file: &[u8], passwords: Passwords<'_>) -> Result<Contents, KeyFileError> {
    let archive = pkcs12::read(file)?;
    let effort = Effort::default();
    let password = right_password(&archive, passwords.file, &effort)?;
    let proven = archive.mac.is_some();
    let mut contents = Contents::new(Kind::Pkcs12);
    if !proven {
        contents.remarks.push("The file has no checksum: nobody can tell whether it was changed.".to_owned());
    }
    let key_passwords: Vec<Password> = std::iter::once(password.clone()).chain(passwords.key.map(Password::new)).collect();
    for safe in &archive.safes {
        let bags = match open_safe(safe, &password, &effort)? {
            Some(bags) => bags,
            None if proven => return Err(KeyFileError::Damaged("the password is right, and a part of it cannot be decrypted".to_owned())),
            None if passwords.file.is_none() => return Err(KeyFileError::PasswordRequired),
            None => return Err(KeyFileError::PasswordIncorrect),
        };
        if let Safe::Encrypted { protection, .. } = safe {
            contents.protections.insert(protection.to_string());
        }
        for bag in bags {
            take(bag, &key_passwords, passwords, proven, &effort, &mut contents)?;
        }
    }
    Ok(contents)
}

/// The encoding of the password that the checksum proves; the usual one where there is no checksum.
fn right_password(archive: &Archive, given: Option<&str>, effort: &Effort) -> Result<Password, KeyFileError> {
    let text = given.unwrap_or_default();
    let Some(checksum) = &archive.mac else { return Ok(Password::new(text)) };
    let candidates = Password::candidates(text);
    for candidate in &candidates {
        if mac::is_right(checksum, candidate, &archive.authenticated_safe, effort)? {
            return Ok(candidate.clone());
        }
    }
    // A changed octet and a wrong password look alike to the checksum. What decrypts all the same was changed.
    for candidate in &candidates {
        if opens_everything(archive, candidate, effort)? {
            return Err(KeyFileError::Damaged("the password opens it, and its checksum does not fit: it was changed".to_owned()));
        }
    }
    Err(if given.is_none() { KeyFileError::PasswordRequired } else { KeyFileError::PasswordIncorrect })
}

/// Whether there is something encrypted, and the password opens all of it.
fn opens_everything(archive: &Archive, password: &Password, effort: &Effort) -> Result<bool, KeyFileError> {
    let mut decrypted = 0;
    for safe in &archive.safes {
        let Some(bags) = open_safe(safe, password, effort)? else { return Ok(false) };
        decrypted += usize::from(matches!(safe, Safe::Encrypted { .. }));
        for bag in bags {
            if let BagContent::ShroudedKey(key) = bag.content {
                if reveal(&key, password, effort)?.is_none() {
                    return Ok(false);
                }
                decrypted += 1;
            }
        }
    }
    Ok(decrypted > 0)
}

/// The bags of a safe; nothing when the password does not open it.
fn open_safe(safe: &Safe, password: &Password, effort: &Effort) -> Result<Option<Vec<Bag>>, KeyFileError> {
    match safe {
        Safe::Plain(contents) => Ok(Some(pkcs12::bags(contents)?)),
        Safe::Encrypted { protection, ciphertext } => {
            let contents = cipher::decrypt(protection, password, ciphertext, effort)?;
            Ok(contents.and_then(|contents| pkcs12::bags(&contents).ok()))
        }
    }
}

/// The key as PKCS#8; nothing when the password does not open it.
fn reveal(key: &EncryptedKey, password: &Password, effort: &Effort) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFileError> {
    let pkcs8 = cipher::decrypt(&key.protection, password, &key.ciphertext, effort)?;
    Ok(pkcs8.filter(|octets| octets.first() == Some(&0x30)))
}

fn take(
    bag: Bag,
    key_passwords: &[Password],
    passwords: Passwords<'_>,
    proven: bool,
    effort: &Effort,
    contents: &mut Contents,
) -> Result<(), KeyFileError> {
    match bag.content {
        BagContent::Certificate(der) => contents.add_certificate(der, bag.friendly_name),
        BagContent::Key(pkcs8) => {
            contents.remarks.push("A key in it is not encrypted: whoever has the file has the key.".to_owned());
            contents.add_key(PrivateKey::read(&pkcs8)?, bag.friendly_name)?;
        }
        BagContent::ShroudedKey(key) => {
            contents.protections.insert(key.protection.to_string());
            if key.protection.cipher().is_broken() {
                contents.remarks.push(format!("A key in it is protected with {}, which is no protection today.", key.protection.cipher()));
            }
            let mut pkcs8 = None;
            for password in key_passwords {
                pkcs8 = reveal(&key, password, effort)?;
                if pkcs8.is_some() {
                    break;
                }
            }
            let name = bag.friendly_name;
            let pkcs8 = pkcs8.ok_or_else(|| match passwords.file {
                _ if proven => KeyFileError::KeyPasswordIncorrect { name: name.clone().unwrap_or_default() },
                None => KeyFileError::PasswordRequired,
                Some(_) => KeyFileError::PasswordIncorrect,
            })?;
            contents.add_key(PrivateKey::read(&pkcs8)?, name)?;
        }
        BagContent::Other(words) => contents.remarks.push(format!("There is {words} in it, which is passed over.")),
    }
    Ok(())
}

/// Seals a key with its chain. The key's certificate and the key have the same localKeyID and name; the others their nicknames.
///
/// # Errors
/// `Unsupported` when the legacy ciphers are not installed.
pub fn save(what: ToSave<'_>, password: &str, strength: Strength) -> Result<Vec<u8>, KeyFileError> {
    let password = Password::new(password);
    let (for_key, for_certificates) = protections(strength);
    let local_key_id = what.chain.first().map(|(der, _)| Sha1::digest(der));
    let names = BagNames { friendly_name: Some(what.name), local_key_id: local_key_id.as_deref() };
    let ciphertext = cipher::encrypt(&for_key, &password, what.pkcs8)?;
    let key = pkcs12::shrouded_key_bag(&EncryptedKey { protection: for_key, ciphertext }, names).ok_or_else(unwritable)?;
    let certificates: Vec<Vec<u8>> = what
        .chain
        .iter()
        .enumerate()
        .map(|(place, (der, nickname))| {
            let others = BagNames { friendly_name: nickname.as_deref(), local_key_id: None };
            pkcs12::certificate_bag(der, if place == 0 { names } else { others })
        })
        .collect();
    let ciphertext = cipher::encrypt(&for_certificates, &password, &pkcs12::safe_contents(&certificates))?;
    let safes = [
        pkcs12::encrypted_safe(&for_certificates, &ciphertext).ok_or_else(unwritable)?,
        pkcs12::plain_safe(&pkcs12::safe_contents(&[key])),
    ];
    let content = pkcs12::authenticated_safe(&safes);
    let salt = randomness::bytes::<16>().to_vec();
    let kind = match strength {
        Strength::Modern => MacKind::Pkcs12 { digest: Digest::Sha256, salt, iterations: ITERATIONS },
        Strength::Legacy => MacKind::Pkcs12 { digest: Digest::Sha1, salt, iterations: LEGACY_ITERATIONS },
    };
    let value = mac::value(&kind, &password, &content, &Effort::default())?;
    pkcs12::archive(&content, &Mac { kind, value }).ok_or_else(unwritable)
}

fn unwritable() -> KeyFileError {
    KeyFileError::Openssl("a protection that is only read was to be written".to_owned())
}

/// For the key, and for the certificates.
fn protections(strength: Strength) -> (Protection, Protection) {
    match strength {
        Strength::Modern => (modern(), modern()),
        Strength::Legacy => {
            let with = |cipher| Protection::Pkcs12 { cipher, salt: randomness::bytes::<16>().to_vec(), iterations: LEGACY_ITERATIONS };
            (with(Cipher::TripleDes), with(Cipher::Rc2(40)))
        }
    }
}

/// AES-256 with a key by PBKDF2 and SHA-256.
pub(super) fn modern() -> Protection {
    let salt = randomness::bytes::<16>().to_vec();
    let derivation = Derivation::Pbkdf2 { salt, iterations: ITERATIONS, key_length: None, digest: Digest::Sha256 };
    Protection::Pbes2 { derivation, cipher: Cipher::Aes(256), vector: randomness::bytes::<16>().to_vec() }
}
