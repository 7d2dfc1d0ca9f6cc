//! Private keys: listed, made, deleted.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::key::{CreatedKey, Key, NewKey};
use certdeck_shared::hex::{hex, unhex};
use serde_json::json;

use super::databases::{Done, Operation, OperationError};
use super::inventory;
use crate::nss::listing::Listing;
use crate::state::RequestRecord;

/// Most characters of a label.
const LONGEST_LABEL: usize = 255;

impl Operation {
    /// All private keys with what belongs to them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn keys(&self) -> Result<Vec<Key>, OperationError> {
        let listing = self.database.listing().await?;
        let requests = self.environment.store.requests().list(&self.database.id).await?;
        Ok(describe(&listing, &requests))
    }

    /// One private key.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn key(&self, id: &str) -> Result<Key, OperationError> {
        let id = key_id(id).map_err(|_| OperationError::not_found("key", id))?;
        let key = self.keys().await?.into_iter().find(|key| key.id == id);
        key.ok_or_else(|| OperationError::not_found("key", &id))
    }

    /// Makes a key pair in the internal token.
    ///
    /// # Errors
    /// `Locked`; a label with control characters or too long.
    pub async fn create_key(&self, new: NewKey) -> Result<CreatedKey, OperationError> {
        let result = self.create_key_in_turn(new).await;
        self.conclude("key.create", None, result).await
    }

    async fn create_key_in_turn(&self, new: NewKey) -> Result<Done<CreatedKey>, OperationError> {
        let _turn = self.database.turn().await?;
        let label = new.label.unwrap_or_default();
        if label.chars().count() > LONGEST_LABEL || label.chars().any(char::is_control) {
            let message = format!("A label has at most {LONGEST_LABEL} characters and no control characters.");
            return Err(OperationError::invalid("/label", message));
        }
        self.needs_algorithm(&self.own_place(), new.algorithm, "/algorithm").await?;
        self.database.needs_unlocked().await?;
        self.snapshot("a new key").await?;
        let made = self.new_key(new.algorithm, &label).await?;
        self.changed()?;
        let id = hex(&made.id);
        let after = json!({"key_id": id, "algorithm": new.algorithm, "label": label});
        let answer = CreatedKey { id, subject_public_key_info: Base64(made.subject_public_key_info) };
        Ok(Done { answer, before: None, after: Some(after) })
    }

    /// Deletes a key pair. Its certificates stay, without `u`.
    ///
    /// # Errors
    /// `NotFound`, `Locked`.
    pub async fn delete_key(&self, id: &str) -> Result<(), OperationError> {
        let result = self.delete_key_in_turn(id).await;
        self.conclude("key.delete", Some(id), result).await
    }

    async fn delete_key_in_turn(&self, id: &str) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        let key = self.key(id).await?;
        self.database.needs_unlocked().await?;
        self.snapshot(&format!("deletion of the key {}", key.label.as_deref().unwrap_or(&key.id))).await?;
        self.database.token.delete_key(&from_hex(&key.id)).await?;
        self.changed()?;
        Ok(Done { answer: (), before: Some(json!({"algorithm": key.algorithm, "label": key.label})), after: None })
    }
}

fn describe(listing: &Listing, requests: &[RequestRecord]) -> Vec<Key> {
    let certificates_of = |id: &str| -> Vec<String> {
        let theirs = listing.certificates.iter().filter(|one| one.key_id.as_deref() == Some(id));
        theirs.map(|one| one.fingerprint_sha256.clone()).collect()
    };
    let requests_of = |id: &str| -> Vec<String> {
        let pending = requests.iter().filter(|one| one.key_id == id && one.certificate_fingerprint_sha256.is_none());
        pending.map(|one| one.id.clone()).collect()
    };
    listing
        .keys
        .iter()
        .map(|key| {
            let (certificates, requests) = (certificates_of(&key.id), requests_of(&key.id));
            Key {
                id: key.id.clone(),
                pkcs11_uri: inventory::pkcs11_uri(key.label.as_deref(), Some(&key.id), "private"),
                algorithm: key.algorithm.clone(),
                label: key.label.clone(),
                orphan: certificates.is_empty() && requests.is_empty(),
                certificates,
                requests,
            }
        })
        .collect()
}

/// Checks a CKA_ID as it stands in paths.
pub(in crate::domain) fn key_id(text: &str) -> Result<String, OperationError> {
    let text = text.to_ascii_lowercase();
    if !text.is_empty() && text.len() <= 512 && text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err(OperationError::invalid("?key_id", "A key is addressed by its CKA_ID: an even number of hexadecimal digits, 512 at most."))
    }
}

/// The bytes of a hexadecimal text that has been checked.
pub(in crate::domain) fn from_hex(text: &str) -> Vec<u8> {
    unhex(text).unwrap_or_default()
}
