//! Certificate, chain and key as PEM, put together as servers want them.

use certdeck_shared::api::keystore::{BundleExport, BundleParts};
use certdeck_shared::x509::{chain, parse};
use serde_json::json;
use zeroize::Zeroizing;

use super::export::{ExportedFile, check_password, file_name};
use crate::domain::databases::{Done, Operation, OperationError, blocking};
use crate::keystore::{certificate_pem, encrypted_key_pem, key_pem};
use crate::token::Secret;

impl Operation {
    /// A PEM bundle. With a key in it, the database's password is needed.
    ///
    /// # Errors
    /// `DatabasePasswordIncorrect`, `KeyMissing`, `PasswordWeak`; a chain that is not complete, unless accepted.
    pub async fn export_bundle(&self, fingerprint: &str, export: BundleExport) -> Result<ExportedFile, OperationError> {
        let action = if export.parts.has_key() { "key.export" } else { "certificate.export" };
        let result = self.bundle_to_leave(fingerprint, export).await;
        self.conclude(action, Some(fingerprint), result).await
    }

    async fn bundle_to_leave(&self, fingerprint: &str, export: BundleExport) -> Result<Done<ExportedFile>, OperationError> {
        let BundleExport { parts, database_password, key_password, accept_weak_password, accept_incomplete_chain } = export;
        let (database_password, key_password) = (database_password.map(Secret::from), key_password.map(Secret::from));
        let found = self.chain(fingerprint).await?;
        if let (Some(issuer), BundleParts::LeafAndChain | BundleParts::FullChain | BundleParts::Chain | BundleParts::All, false) =
            (&found.missing_issuer, parts, accept_incomplete_chain)
        {
            return Err(OperationError::invalid(
                "/accept_incomplete_chain",
                format!("The issuer {issuer} is not in the database, so the chain breaks off. Import it, or accept the chain as it is."),
            ));
        }
        let nickname = found.certificates.first().and_then(|link| link.nickname.clone()).unwrap_or_default();
        let chain: Vec<Vec<u8>> = found.certificates.into_iter().map(|link| link.der.0).collect();
        if parts == BundleParts::Chain && chain.len() == 1 {
            return Err(OperationError::invalid("/parts", "There is no chain: no issuer of this certificate is in the database."));
        }
        let mut key_id = None;
        let mut key = Zeroizing::new(String::new());
        if parts.has_key() {
            let Some(password) = database_password else {
                return Err(OperationError::invalid(
                    "/database_password",
                    "A bundle with a private key needs the password of the database.",
                ));
            };
            if let Some(key_password) = &key_password {
                check_password("/key_password", key_password, accept_weak_password)?;
            }
            let (id, pkcs8) = self.key_to_leave(fingerprint, &password).await?;
            key_id = Some(id);
            key = match key_password.clone() {
                None => key_pem(&pkcs8),
                Some(key_password) => blocking(move || encrypted_key_pem(&pkcs8, key_password.reveal())).await??,
            };
        }
        let content = joined(&key, &certificates_of(&chain, parts));
        let after = json!({"format": "pem", "parts": parts, "key_id": key_id, "encrypted": key_password.is_some()});
        let suffix = match parts {
            BundleParts::LeafAndChain => "leaf-and-chain.pem",
            BundleParts::FullChain => "full-chain.pem",
            BundleParts::Chain => "chain.pem",
            BundleParts::Key => "key.pem",
            BundleParts::All => "all.pem",
        };
        let name = file_name(&nickname, suffix);
        Ok(Done { answer: ExportedFile { name, content }, before: None, after: Some(after) })
    }
}

/// Key and certificates, both PEM, as one text.
pub(super) fn joined(key: &str, certificates: &str) -> Zeroizing<Vec<u8>> {
    // Whole from the start: growing would leave copies behind.
    let mut content = Zeroizing::new(Vec::with_capacity(key.len() + certificates.len()));
    content.extend_from_slice(key.as_bytes());
    content.extend_from_slice(certificates.as_bytes());
    content
}

/// The certificates of a chain, leaf first, that are wanted, as PEM.
pub(super) fn certificates_of(chain: &[Vec<u8>], parts: BundleParts) -> String {
    let without_root = || {
        let is_root = |der: &[u8]| parse::certificate(der).is_ok_and(|view| chain::is_root(&view));
        match chain.split_last() {
            // A self-signed server certificate is its own root, and is sent.
            Some((last, others)) if !others.is_empty() && is_root(last) => others,
            _ => chain,
        }
    };
    let wanted = match parts {
        BundleParts::LeafAndChain | BundleParts::All => without_root(),
        BundleParts::FullChain => chain,
        BundleParts::Chain => chain.get(1..).unwrap_or_default(),
        BundleParts::Key => &[],
    };
    wanted.iter().map(|der| certificate_pem(der)).collect()
}
