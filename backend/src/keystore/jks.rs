//! Java's JKS stores.

use certdeck_shared::keystore::jks::{self, Content, Entry};

use super::ToSave;
use super::contents::{Contents, Kind, Passwords};
use super::error::KeyFileError;
use super::private_key::PrivateKey;
use crate::host::randomness;

pub(super) fn open(file: &[u8], passwords: Passwords<'_>) -> Result<Contents, KeyFileError> {
    let store = jks::read(file)?;
    let mut contents = Contents::new(Kind::Jks);
    contents.protections.insert("JKS's own key protector, SHA-1".to_owned());
    let has_keys = store.entries.iter().any(|entry| matches!(entry.content, Content::Key { .. }));
    let store_password = match passwords.file {
        None if has_keys => return Err(KeyFileError::PasswordRequired),
        // Certificates are readable for everyone; the password tells whether they are the ones that were put in.
        None => {
            contents.remarks.push("Without its password it cannot be told whether the store was changed.".to_owned());
            None
        }
        Some(password) if store.is_intact(password) => Some(password),
        Some(password) if opens_a_key(&store.entries, password)? => {
            return Err(KeyFileError::Damaged(
                "the password opens a key in it, and the digest at its end does not fit: it was changed".to_owned(),
            ));
        }
        Some(_) => return Err(KeyFileError::PasswordIncorrect),
    };
    for Entry { alias, content, .. } in store.entries {
        match content {
            Content::Key { protected, chain } => {
                let password = passwords.key.or(store_password).unwrap_or_default();
                let mut revealed = jks::reveal(&protected, password)?;
                if let (None, Some(password)) = (&revealed, store_password) {
                    revealed = jks::reveal(&protected, password)?;
                }
                let pkcs8 = revealed.ok_or_else(|| KeyFileError::KeyPasswordIncorrect { name: alias.clone() })?;
                contents.add_key(PrivateKey::read(&pkcs8)?, Some(alias.clone()))?;
                for (place, der) in chain.into_iter().enumerate() {
                    contents.add_certificate(der, (place == 0).then(|| alias.clone()));
                }
            }
            Content::Trusted(der) => contents.add_certificate(der, Some(alias)),
        }
    }
    Ok(contents)
}

fn opens_a_key(entries: &[Entry], password: &str) -> Result<bool, KeyFileError> {
    for entry in entries {
        if let Content::Key { protected, .. } = &entry.content
            && jks::reveal(protected, password)?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A store with one key and its chain under one password, as Tomcat wants it. `now` is in milliseconds since 1970.
///
/// # Errors
/// `Unsupported` for an alias of more than 65,535 octets.
pub fn save(what: ToSave<'_>, password: &str, now: i64) -> Result<Vec<u8>, KeyFileError> {
    let protected = jks::protect(what.pkcs8, password, randomness::bytes());
    let chain = what.chain.iter().map(|(der, _)| der.clone()).collect();
    // Java looks aliases up in lower case only.
    let entry = Entry { alias: what.name.to_lowercase(), created: now, content: Content::Key { protected, chain } };
    jks::write(&[entry], password).ok_or_else(|| KeyFileError::Unsupported("the alias is too long".to_owned()))
}
