//! A private key that is kept outside, joined with the CA's answer to its request. Nothing of the key stays here.

use certdeck_shared::api::keystore::{BundleParts, KeystoreImport, OutsideKeyBundle, OutsideKeyFormat};
use certdeck_shared::api::request::Request;
use certdeck_shared::detect;
use serde_json::json;

use super::bundle::{certificates_of, joined};
use super::export::{Chain, ExportedFile, check_password, file_name};
use super::import::open;
use crate::domain::databases::{Done, Operation, OperationError, blocking};
use crate::keystore::{Contents, KeyFileError, KeyInFile, Strength, ToSave, encrypted_key_pem, key_pem, save_pkcs12};
use crate::token::Secret;

impl Operation {
    /// Key, certificate and chain as one file.
    ///
    /// # Errors
    /// What keeps the file of the key from being opened; `KeyNotUsable` for the key of another request; `KeyWithoutCertificate` before the
    /// answer is there; `PasswordWeak`.
    pub async fn bundle_with_outside_key(&self, id: &str, bundle: OutsideKeyBundle) -> Result<ExportedFile, OperationError> {
        let result = self.outside_key_joined(id, bundle).await;
        self.conclude("request.bundle", Some(id), result).await
    }

    async fn outside_key_joined(&self, id: &str, bundle: OutsideKeyBundle) -> Result<Done<ExportedFile>, OperationError> {
        let OutsideKeyBundle { file, password, format, bundle_password, accept_weak_password } = bundle;
        let bundle_password = bundle_password.map(Secret::from);
        let request = self.request(id).await?;
        let chain = answered(&request)?;
        match (&bundle_password, format) {
            (Some(password), _) => check_password("/bundle_password", password, accept_weak_password)?,
            (None, OutsideKeyFormat::Pkcs12) => {
                return Err(OperationError::invalid("/bundle_password", "A PKCS#12 file has a password; give one for the bundle."));
            }
            (None, OutsideKeyFormat::Pem) => {}
        }
        let KeyInFile { key, .. } = key_of(open(KeystoreImport { file, password, ..KeystoreImport::default() }).await?, &request)?;
        let name = request.nickname.clone();
        let after =
            json!({"format": format, "key_id": request.key_id, "certificates": chain.len(), "encrypted": bundle_password.is_some()});
        let answer = match format {
            OutsideKeyFormat::Pkcs12 => {
                let file_name = file_name(&name, "p12");
                let password = bundle_password.unwrap_or_default();
                let work = move || {
                    let what = ToSave { pkcs8: &key.pkcs8, name: &name, chain: &chain };
                    save_pkcs12(what, password.reveal(), Strength::Modern)
                };
                ExportedFile { name: file_name, content: blocking(work).await??.into() }
            }
            OutsideKeyFormat::Pem => {
                let key = match bundle_password {
                    Some(password) => blocking(move || encrypted_key_pem(&key.pkcs8, password.reveal())).await??,
                    None => key_pem(&key.pkcs8),
                };
                let chain: Vec<Vec<u8>> = chain.into_iter().map(|(der, _)| der).collect();
                let certificates = certificates_of(&chain, BundleParts::All);
                ExportedFile { name: file_name(&name, "all.pem"), content: joined(&key, &certificates) }
            }
        };
        Ok(Done { answer, before: None, after: Some(after) })
    }
}

/// The latest answer: certificate and issuers, leaf first.
fn answered(request: &Request) -> Result<Chain, OperationError> {
    let answer = request.answers.last().ok_or_else(|| {
        OperationError::KeyWithoutCertificate(
            "The CA has not answered this request yet: there is no certificate to join the key with.".to_owned(),
        )
    })?;
    let certificates = detect::read(answer.pem.as_bytes()).certificates.into_iter().enumerate();
    Ok(certificates.map(|(place, found)| (found.der, (place == 0).then(|| request.nickname.clone()))).collect())
}

fn key_of(contents: Contents, request: &Request) -> Result<KeyInFile, OperationError> {
    let found: Vec<String> = contents.keys.iter().map(|key| key.key.algorithm.clone()).collect();
    contents.keys.into_iter().find(|key| key.id == request.key_id).ok_or_else(|| {
        let words = format!("The file has another key ({}) than the one that this request was signed with.", found.join(", "));
        KeyFileError::KeyNotUsable(words).into()
    })
}
