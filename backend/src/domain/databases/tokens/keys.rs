//! Private keys on tokens of other modules.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::key::CreatedKey;
use certdeck_shared::api::module::{KeyForToken, Token, TokenKey};
use serde_json::json;

use super::super::error::OperationError;
use super::super::login::INTERNAL;
use super::super::operation::{Done, Operation};
use certdeck_shared::hex::hex;
use certdeck_shared::x509::fingerprint;

/// Most characters of a label.
const LONGEST_LABEL: usize = 255;

impl Operation {
    /// The private keys of a token.
    ///
    /// # Errors
    /// `Locked`: private keys are private objects.
    pub async fn token_keys(&self, token: &str) -> Result<Vec<TokenKey>, OperationError> {
        let (token, handle) = self.usable_token(token).await?;
        let keys = handle.list_keys().await?;
        let certificates = handle.list().await?;
        let requests = self.environment.store.requests().list(&self.database.id).await?;
        let described = keys.into_iter().map(|key| {
            let id = hex(&key.id);
            let theirs = certificates.iter().filter(|one| one.key_id.as_ref() == Some(&key.id));
            let waiting = requests.iter().filter(|one| one.key_id == id && one.certificate_fingerprint_sha256.is_none());
            let certificates: Vec<String> = theirs.map(|one| fingerprint::sha256_hex(&one.der)).collect();
            let requests: Vec<String> = waiting.map(|one| one.id.clone()).collect();
            TokenKey {
                orphan: certificates.is_empty() && requests.is_empty(),
                certificates,
                requests,
                pkcs11_uri: object_uri(&token, key.label.as_deref(), Some(&id), "private"),
                id,
                label: key.label,
                algorithm: key.algorithm,
            }
        });
        Ok(described.collect())
    }

    /// Makes a key pair on a token.
    ///
    /// # Errors
    /// `Locked`; what the token does not do.
    pub async fn create_token_key(&self, token: &str, new: KeyForToken) -> Result<CreatedKey, OperationError> {
        let result = self.create_token_key_in_turn(token, new).await;
        self.conclude("key.create", Some(token), result).await
    }

    async fn create_token_key_in_turn(&self, token: &str, new: KeyForToken) -> Result<Done<CreatedKey>, OperationError> {
        let label = new.label.unwrap_or_default();
        if label.chars().count() > LONGEST_LABEL || label.chars().any(char::is_control) {
            let message = format!("A label has at most {LONGEST_LABEL} characters and no control characters.");
            return Err(OperationError::invalid("/label", message));
        }
        let (token, handle) = self.usable_token(token).await?;
        let made = handle.generate_key(new.algorithm, &label).await?;
        let id = hex(&made.id);
        let after = json!({"token": token.label, "key_id": id, "algorithm": new.algorithm, "label": label});
        let answer = CreatedKey { id, subject_public_key_info: Base64(made.subject_public_key_info) };
        Ok(Done { answer, before: None, after: Some(after) })
    }

    /// Deletes a key pair of a token. No snapshot brings it back.
    ///
    /// # Errors
    /// `NotFound`, `Locked`.
    pub async fn delete_token_key(&self, token: &str, id: &str) -> Result<(), OperationError> {
        let result = self.delete_token_key_in_turn(token, id).await;
        self.conclude("key.delete", Some(id), result).await
    }

    async fn delete_token_key_in_turn(&self, token: &str, id: &str) -> Result<Done<()>, OperationError> {
        let id = crate::domain::keys::key_id(id).map_err(|_| OperationError::not_found("key", id))?;
        let (token, handle) = self.usable_token(token).await?;
        if token.id != INTERNAL {
            self.ask_before_losing(format!("the private key {id} of {}", token.label)).await?;
        }
        handle.delete_key(&crate::domain::keys::from_hex(&id)).await?;
        Ok(Done { answer: (), before: Some(json!({"token": token.label, "key_id": id})), after: None })
    }
}

/// PKCS#11 URI of an object on a token.
pub(super) fn object_uri(token: &Token, label: Option<&str>, id: Option<&str>, kind: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = token.pkcs11_uri.clone();
    if let Some(label) = label {
        let _ = write!(uri, ";object={}", certdeck_shared::api::paths::segment(label));
    }
    if let Some(id) = id {
        uri.push_str(";id=");
        for pair in id.as_bytes().chunks(2) {
            let _ = write!(uri, "%{}", String::from_utf8_lossy(pair));
        }
    }
    let _ = write!(uri, ";type={kind}");
    uri
}
