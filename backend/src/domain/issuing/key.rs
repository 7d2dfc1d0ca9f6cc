//! The key of a certificate to come: one of the database or a token, or a new one that goes again when nothing comes of it.

use certdeck_shared::api::issue::CertificateKey;
use certdeck_shared::api::key::KeyAlgorithm;

use crate::domain::databases::{Operation, OperationError, Place, Reach};
use crate::domain::keys::{from_hex, key_id};

const ED25519: &str = "Ed25519";

/// What is to be known of certificates with a kind of key.
pub(super) fn note(kind: &str) -> Option<String> {
    // SSL_ConfigServerCert of NSS 3.131 answers SEC_ERROR_INVALID_ARGS, and certutil -V -u V finds its key usage inadequate.
    let words = "NSS signs and verifies with Ed25519 keys, but its TLS does not serve with them, and browsers do not take them: \
                 use such a certificate for what is signed, or with OpenSSL.";
    (kind == ED25519).then(|| words.to_owned())
}

/// A key pair of the database or of a token.
pub(super) struct ChosenKey {
    /// CKA_ID.
    pub(super) id: Vec<u8>,
    /// SubjectPublicKeyInfo, DER.
    pub(super) subject_public_key_info: Vec<u8>,
    /// Where it is.
    pub(super) place: Place,
    /// Whether it was made for this certificate.
    made: bool,
}

impl Operation {
    /// Checks a choice before anything is made, and tells what kind of key it will be: `RSA`, `EC`.
    pub(super) async fn check_key(&self, reach: &Reach, place: &Place, key: &CertificateKey) -> Result<&'static str, OperationError> {
        match key {
            CertificateKey::Algorithm(algorithm) => {
                self.needs_algorithm(place, *algorithm, "/key/algorithm").await?;
                Ok(match algorithm {
                    KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => "RSA",
                    KeyAlgorithm::EcP256 | KeyAlgorithm::EcP384 | KeyAlgorithm::EcP521 => "EC",
                    KeyAlgorithm::Ed25519 => ED25519,
                })
            }
            CertificateKey::KeyId(id) => {
                let id = key_id(id).map_err(|_| OperationError::invalid("/key/key_id", "A key is addressed by its CKA_ID in hex."))?;
                place.needs_unlocked().await?;
                let listed = reach.of(place).key(&id).ok_or_else(|| {
                    let where_it_is =
                        place.token.as_ref().map_or_else(|| "in the database".to_owned(), |token| format!("on {}", token.label));
                    OperationError::invalid("/key/key_id", format!("There is no such private key {where_it_is}; GET …/keys lists them."))
                })?;
                Ok(match listed.algorithm.as_str() {
                    "Ed25519" => ED25519,
                    words if words.starts_with("RSA") => "RSA",
                    _ => "EC",
                })
            }
        }
    }

    /// The key itself, made if it is to be a new one. A snapshot must have been taken.
    pub(super) async fn chosen_key(&self, place: &Place, key: &CertificateKey, label: &str) -> Result<ChosenKey, OperationError> {
        match key {
            CertificateKey::Algorithm(algorithm) => {
                let made = match &place.token {
                    Some(_) => place.handle.generate_key(*algorithm, label).await?,
                    None => self.new_key(*algorithm, label).await?,
                };
                Ok(ChosenKey { id: made.id, subject_public_key_info: made.subject_public_key_info, place: place.clone(), made: true })
            }
            CertificateKey::KeyId(id) => self.present_key(place, &from_hex(&id.to_ascii_lowercase())).await,
        }
    }

    /// A key that is there.
    async fn present_key(&self, place: &Place, id: &[u8]) -> Result<ChosenKey, OperationError> {
        let keys = place.handle.list_keys().await?;
        let found = keys.into_iter().find(|key| key.id == id);
        let subject_public_key_info = found.and_then(|key| key.subject_public_key_info).ok_or_else(|| {
            OperationError::invalid("/key/key_id", "The public half of this key cannot be read, so no certificate can be made for it.")
        })?;
        Ok(ChosenKey { id: id.to_vec(), subject_public_key_info, place: place.clone(), made: false })
    }

    /// Takes a key that was made for nothing away again; hands the outcome on.
    pub(super) async fn or_without<T>(&self, key: &ChosenKey, outcome: Result<T, OperationError>) -> Result<T, OperationError> {
        if outcome.is_err() && key.made {
            // No orphan is left behind; the first error is the one that counts.
            let _ = key.place.handle.delete_key(&key.id).await;
        }
        outcome
    }
}
