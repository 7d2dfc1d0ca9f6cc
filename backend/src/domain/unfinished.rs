//! What a worker that died half way may have left behind: nobody was told of it, so it goes again.

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::x509::fingerprint;

use super::databases::{Operation, OperationError};
use super::keys::from_hex;
use crate::nss::listing::Listing;
use crate::token::{GeneratedKey, TokenError};

impl Operation {
    /// Makes a key pair; when the worker dies over it, a pair that was made nevertheless goes again. A snapshot must have been taken.
    pub(in crate::domain) async fn new_key(&self, algorithm: KeyAlgorithm, label: &str) -> Result<GeneratedKey, OperationError> {
        let before = self.database.listing().await?;
        let made = self.database.token.generate_key(algorithm, label).await;
        if matches!(made, Err(TokenError::Crashed { .. } | TokenError::Timeout)) {
            self.remove_nameless(&before, label).await;
        }
        Ok(made?)
    }

    /// Deletes the key that was not there before and has this label and no certificate. It is this operation's turn, so nobody else here
    /// makes keys. What cannot be deleted is listed as an orphan.
    async fn remove_nameless(&self, before: &Listing, label: &str) {
        let Ok(now) = self.database.listing().await else { return };
        let used = |id: &str| now.certificates.iter().any(|one| one.key_id.as_deref() == Some(id));
        let new = now.keys.iter().filter(|key| before.key(&key.id).is_none() && key.label.as_deref().unwrap_or_default() == label);
        for key in new.filter(|key| !used(&key.id)) {
            let _ = self.database.token.delete_key(&from_hex(&key.id)).await;
        }
    }

    /// Takes a new certificate out again that a failed call may have stored: the first error is the one that counts.
    pub(in crate::domain) async fn take_back(&self, der: &[u8]) {
        let address = fingerprint::sha256_hex(der);
        if self.database.listing().await.is_ok_and(|now| now.certificate(&address).is_some()) {
            let _ = self.database.token.delete_certificates(vec![der.to_vec()], false).await;
        }
    }
}
