//! Exporting a certificate with its private key: PKCS#12, and key stores for Java.

use certdeck_shared::api::keystore::{KeystoreExport, KeystoreFormat, Pkcs12Export, Pkcs12Strength};
use certdeck_shared::password;
use serde_json::json;
use zeroize::Zeroizing;

use crate::domain::databases::{Done, Operation, OperationError, blocking};
use crate::domain::inventory;
use crate::keystore::{Strength, ToSave, save_jks, save_pkcs12};
use crate::token::Secret;

/// The shortest password that keytool takes for a store.
const SHORTEST_OF_KEYTOOL: usize = 6;

/// A file on its way out; wiped when dropped.
pub struct ExportedFile {
    /// Its name, made of the nickname: letters, digits, `-`, `.` and `_` of ASCII.
    pub name: String,
    /// What is in it.
    pub content: Zeroizing<Vec<u8>>,
}

/// Certificates, that of the key first, each with its nickname.
pub(super) type Chain = Vec<(Vec<u8>, Option<String>)>;

impl Operation {
    /// Certificate, chain and private key as PKCS#12.
    ///
    /// # Errors
    /// `DatabasePasswordIncorrect`, `KeyMissing`, `PasswordWeak`.
    pub async fn export_pkcs12(&self, fingerprint: &str, export: Pkcs12Export) -> Result<ExportedFile, OperationError> {
        let result = self.pkcs12_to_leave(fingerprint, export).await;
        self.conclude("key.export", Some(fingerprint), result).await
    }

    async fn pkcs12_to_leave(&self, fingerprint: &str, export: Pkcs12Export) -> Result<Done<ExportedFile>, OperationError> {
        let Pkcs12Export { database_password, file_password, strength, friendly_name, without_chain, accept_weak_password } = export;
        let (database_password, file_password) = (Secret::from(database_password), Secret::from(file_password));
        let mut chain = self.chain_to_leave(fingerprint).await?;
        if without_chain {
            chain.truncate(1);
        }
        check_password("/file_password", &file_password, accept_weak_password)?;
        let name = friendly_name.or_else(|| chain.first().and_then(|(_, nickname)| nickname.clone())).unwrap_or_default();
        check_name("/friendly_name", &name)?;
        let (key_id, pkcs8) = self.key_to_leave(fingerprint, &database_password).await?;
        let sealed = match strength {
            Pkcs12Strength::Modern => Strength::Modern,
            Pkcs12Strength::Legacy => Strength::Legacy,
        };
        let after = json!({"format": "pkcs12", "strength": strength, "key_id": key_id, "friendly_name": name, "certificates": chain.len()});
        let file_name = file_name(&name, "p12");
        let content =
            blocking(move || save_pkcs12(ToSave { pkcs8: &pkcs8, name: &name, chain: &chain }, file_password.reveal(), sealed)).await??;
        Ok(Done { answer: ExportedFile { name: file_name, content: content.into() }, before: None, after: Some(after) })
    }

    /// Certificate, chain and private key as a key store for Java, with one password for store and key.
    ///
    /// # Errors
    /// `DatabasePasswordIncorrect`, `KeyMissing`, `PasswordWeak`.
    pub async fn export_keystore(&self, fingerprint: &str, export: KeystoreExport) -> Result<ExportedFile, OperationError> {
        let result = self.keystore_to_leave(fingerprint, export).await;
        self.conclude("key.export", Some(fingerprint), result).await
    }

    async fn keystore_to_leave(&self, fingerprint: &str, export: KeystoreExport) -> Result<Done<ExportedFile>, OperationError> {
        let KeystoreExport { database_password, store_password, format, alias, accept_weak_password } = export;
        let (database_password, store_password) = (Secret::from(database_password), Secret::from(store_password));
        let chain = self.chain_to_leave(fingerprint).await?;
        check_password("/store_password", &store_password, accept_weak_password)?;
        if store_password.reveal().chars().count() < SHORTEST_OF_KEYTOOL {
            let message = format!("keytool and Tomcat take passwords of {SHORTEST_OF_KEYTOOL} characters or more.");
            return Err(OperationError::invalid("/store_password", message));
        }
        // "Password is not ASCII", says PBEKey of every release.
        if format == KeystoreFormat::Pkcs12 && !store_password.reveal().bytes().all(|octet| matches!(octet, b' '..=b'~')) {
            let message =
                "Java opens PKCS#12 with passwords of ASCII letters, digits and signs only. Choose such a one, or the format jks.";
            return Err(OperationError::invalid("/store_password", message));
        }
        let alias = alias.unwrap_or_else(|| "tomcat".to_owned());
        check_name("/alias", &alias)?;
        let (key_id, pkcs8) = self.key_to_leave(fingerprint, &database_password).await?;
        let after = json!({"format": format, "key_id": key_id, "alias": alias, "certificates": chain.len()});
        let file_name = file_name(
            &alias,
            match format {
                KeystoreFormat::Pkcs12 => "p12",
                KeystoreFormat::Jks => "jks",
            },
        );
        let now = self.environment.clock.now().unix_timestamp().saturating_mul(1000);
        let work = move || {
            let what = ToSave { pkcs8: &pkcs8, name: &alias, chain: &chain };
            match format {
                KeystoreFormat::Pkcs12 => save_pkcs12(what, store_password.reveal(), Strength::Modern),
                KeystoreFormat::Jks => save_jks(what, store_password.reveal(), now),
            }
        };
        let content = blocking(work).await??;
        Ok(Done { answer: ExportedFile { name: file_name, content: content.into() }, before: None, after: Some(after) })
    }

    /// The certificate and its issuers as far as the database has them, leaf first.
    pub(super) async fn chain_to_leave(&self, fingerprint: &str) -> Result<Chain, OperationError> {
        let chain = self.chain(fingerprint).await?;
        Ok(chain.certificates.into_iter().map(|link| (link.der.0, link.nickname)).collect())
    }

    /// CKA_ID and PKCS#8 of the certificate's key, in the database or on a token; the password is that of where it is.
    pub(super) async fn key_to_leave(&self, address: &str, password: &Secret) -> Result<(String, Zeroizing<Vec<u8>>), OperationError> {
        let reach = self.reach_with_key(address, &[]).await?;
        let certificate = reach.find(address, "")?;
        let Some((key_id, place)) = reach.key_of(certificate) else {
            let nickname = certificate.nickname.clone().unwrap_or_else(|| "the certificate".to_owned());
            return Err(OperationError::KeyMissing { nickname });
        };
        let pkcs8 = self.release_key_of(place, &key_id, password).await?;
        Ok((key_id, pkcs8))
    }
}

/// Refuses weak passwords unless that is wanted.
pub(super) fn check_password(pointer: &'static str, password: &Secret, accept_weak: bool) -> Result<(), OperationError> {
    if password.reveal().contains('\0') {
        return Err(OperationError::invalid(pointer, "A password has no NUL in it: PKCS#12 ends it there."));
    }
    match password::weakness(password.reveal(), "") {
        Some(weakness @ password::Weakness::TooLong { .. }) => Err(OperationError::invalid(pointer, weakness.to_string())),
        Some(weakness) if !accept_weak => {
            let why = format!("{weakness} Or accept a weak password.");
            Err(OperationError::PasswordWeak { pointer, why })
        }
        _ => Ok(()),
    }
}

fn check_name(pointer: &str, name: &str) -> Result<(), OperationError> {
    // A certificate without nickname has none in the file either.
    match inventory::wrong_nickname(name) {
        Some(wrong) if !name.is_empty() => Err(OperationError::invalid(pointer, wrong)),
        _ => Ok(()),
    }
}

/// A name that every file system and browser takes.
pub(super) fn file_name(nickname: &str, extension: &str) -> String {
    let stem: String = nickname
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_') { letter } else { '-' })
        .take(60)
        .collect();
    let stem = stem.trim_matches(['-', '.']);
    format!("{}.{extension}", if stem.is_empty() { "certificate" } else { stem })
}
