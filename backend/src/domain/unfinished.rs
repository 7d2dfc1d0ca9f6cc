//! What a worker that died half way may have left behind: nobody was told of it, so it goes again.

use std::ops::ControlFlow;

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::fingerprint;

use super::databases::{Operation, OperationError};
use super::keys::from_hex;
use crate::nss::listing::Listing;
use crate::token::{CertificateToImport, GeneratedKey, TokenError};

/// Whether the worker died over a call, so that nobody knows how far it came.
fn is_cut_short<T>(result: &Result<T, TokenError>) -> bool {
    matches!(result, Err(TokenError::Crashed { .. } | TokenError::Timeout))
}

impl Operation {
    /// Makes a key pair; when the worker dies over it, a pair that was made nevertheless goes again. A snapshot must have been taken.
    pub(in crate::domain) async fn new_key(&self, algorithm: KeyAlgorithm, label: &str) -> Result<GeneratedKey, OperationError> {
        let before = self.database.listing().await?;
        let made = self.database.token.generate_key(algorithm, label).await;
        if is_cut_short(&made) {
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

    /// Stores trust; when the worker dies over it, the trust that was there comes back. softoken writes each level by itself, so that in
    /// between a certificate has some of the old ones and some of the new.
    pub(in crate::domain) async fn write_trust(
        &self,
        wanted: Vec<(Vec<u8>, TrustFlags)>,
        before: Vec<(Vec<u8>, TrustFlags)>,
    ) -> Result<(), OperationError> {
        let written = self.database.token.set_trust(wanted, |_| ControlFlow::Continue(())).await;
        if is_cut_short(&written) {
            let _ = self.database.token.set_trust(before, |_| ControlFlow::Continue(())).await;
        }
        Ok(written?)
    }

    /// After an import over which the worker died: takes out again what it wrote, unless all of it is there with its trust.
    pub(in crate::domain) async fn take_back_import<T>(&self, written: &Result<T, TokenError>, writes: &[CertificateToImport]) {
        if !is_cut_short(written) {
            return;
        }
        let Ok(now) = self.database.listing().await else { return };
        let found = |one: &CertificateToImport| now.certificate(&fingerprint::sha256_hex(&one.der));
        let is_whole = |one: &CertificateToImport| {
            let wanted = one.trust.unwrap_or_default().stored().with_user(false);
            found(one).is_some_and(|there| there.trust.stored().with_user(false) == wanted)
        };
        if !writes.iter().all(is_whole) {
            let half: Vec<_> = writes.iter().filter(|one| found(one).is_some()).map(|one| one.der.clone()).collect();
            let _ = self.database.token.delete_certificates(half, false).await;
        }
    }
}
