//! What is done to a certificate of the database, done to one that is addressed by the name of its token.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::certificate::{CertificateChange, CertificateEntry};
use certdeck_shared::api::module::{Token, TokenCertificateChange};

use super::super::error::OperationError;
use super::super::operation::Operation;
use crate::domain::inventory;

impl Operation {
    /// The token that an address names, and the fingerprint of the certificate on it; nothing for a fingerprint alone.
    ///
    /// # Errors
    /// `NotFound`.
    pub(in crate::domain) async fn named_on_token(&self, address: &str) -> Result<Option<(Token, String)>, OperationError> {
        if inventory::address(address, "").is_ok() {
            return Ok(None);
        }
        let (Some(token), _) = self.split_nickname(address).await? else { return Ok(None) };
        let reach = self.reach(&[address]).await?;
        let fingerprint = reach.find(address, "")?.fingerprint_sha256.clone();
        Ok(Some((token, fingerprint)))
    }

    /// Changes nickname or trust of a certificate on a token.
    ///
    /// # Errors
    /// As of [`Operation::change_token_certificate`].
    pub(in crate::domain) async fn change_named(
        &self,
        token: &Token,
        fingerprint: &str,
        change: CertificateChange,
    ) -> Result<(CertificateEntry, String), OperationError> {
        let change = TokenCertificateChange { nickname: change.nickname, trust: change.trust };
        let changed = self.change_token_certificate(&token.id, fingerprint, change).await?;
        let entry = CertificateEntry {
            revocation: None,
            fingerprint_sha256: changed.fingerprint_sha256,
            nickname: Some(changed.nickname),
            trust: changed.trust,
            trust_authentic: None,
            key_id: changed.key_id,
            der: Base64(changed.der.0),
        };
        let reach = self.reach(&[&format!("{}:{fingerprint}", token.label)]).await?;
        let tag = inventory::tag(reach.find(fingerprint, "")?);
        Ok((entry, tag))
    }
}
