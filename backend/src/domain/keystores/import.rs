//! Importing a file that holds keys: first what is in it and what will happen, then it happens; all of it or nothing.

use certdeck_shared::api::import::ImportOutcome;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::keystore::{KeystoreImport, KeystoreKind, KeystoreReport};
use serde_json::json;

use super::plan::{Plan, keys_to_write, plan};
use crate::domain::databases::{Done, Operation, OperationError, blocking};
use crate::domain::import;
use crate::keystore::{self, Contents, KeyFileError, Kind, Passwords};
use crate::token::{CertificateToImport, Secret};

impl Operation {
    /// What is in a file, and what an import would do. Nothing is written.
    ///
    /// # Errors
    /// What keeps the file from being opened; refusals of single certificates are part of the answer.
    pub async fn preview_keystore(&self, import: KeystoreImport) -> Result<KeystoreReport, OperationError> {
        let nicknames = import.nicknames.clone();
        let contents = open(import).await?;
        self.refuse_unheld_keys(&contents).await?;
        let listing = self.database.listing().await?;
        let revision = listing.revision.clone();
        let plan = plan(&listing, &contents, &nicknames)?;
        let outcomes = plan.certificates.into_iter().map(|one| one.outcome).collect();
        Ok(report(&contents, plan.keys, outcomes, revision))
    }

    /// Imports keys and certificates.
    ///
    /// # Errors
    /// What keeps the file from being opened; `ImportRefused`; `KeyWithoutCertificate`; `Locked`. Nothing is written then.
    pub async fn import_keystore(&self, import: KeystoreImport) -> Result<KeystoreReport, OperationError> {
        let result = self.import_keystore_in_turn(import).await;
        self.conclude("key.import", None, result).await
    }

    async fn import_keystore_in_turn(&self, import: KeystoreImport) -> Result<Done<KeystoreReport>, OperationError> {
        let (nicknames, accept) = (import.nicknames.clone(), import.accept_keys_without_certificate);
        // Opening takes a second or two; nobody need wait for it.
        let contents = open(import).await?;
        self.refuse_unheld_keys(&contents).await?;
        let _turn = self.database.turn().await?;
        let listing = self.database.listing().await?;
        let plan = plan(&listing, &contents, &nicknames)?;
        import::refuse(&plan.certificates)?;
        if !accept {
            refuse_keys_without_certificate(&plan)?;
        }
        let certificates: Vec<CertificateToImport> = plan
            .certificates
            .iter()
            .filter(|one| one.outcome.disposition.is_written())
            .map(|one| CertificateToImport { der: one.der.clone(), nickname: one.outcome.nickname.clone(), trust: None })
            .collect();
        let outcomes: Vec<ImportOutcome> = plan.certificates.iter().map(|one| one.outcome.clone()).collect();
        let mut answer = report(&contents, plan.keys.clone(), outcomes, listing.revision.clone());
        answer.applied = true;
        let keys = keys_to_write(&listing, contents, &plan);
        if keys.is_empty() && certificates.is_empty() {
            return Ok(Done { answer, before: None, after: Some(json!({"keys": [], "certificates": []})) });
        }
        self.database.needs_unlocked().await?;
        let first = keys.first().map(|key| key.label.clone()).or_else(|| certificates.first().map(|one| one.nickname.clone()));
        answer.snapshot = self.snapshot(&format!("import of {} with its key", first.unwrap_or_default())).await?;
        self.database.token.import_keys(keys, certificates).await?;
        answer.revision = self.changed()?;
        let after = json!({
            "keys": answer.keys.iter().filter(|key| !key.present).map(|key| json!({"key_id": key.id, "algorithm": key.algorithm})).collect::<Vec<_>>(),
            "certificates": answer.certificates.iter().filter(|one| one.disposition.is_written()).take(100)
                .map(|one| json!({"fingerprint_sha256": one.fingerprint_sha256, "nickname": one.nickname})).collect::<Vec<_>>(),
        });
        Ok(Done { answer, before: None, after: Some(after) })
    }

    /// Ed25519 came late to NSS: its token is asked.
    async fn refuse_unheld_keys(&self, contents: &Contents) -> Result<(), OperationError> {
        let words = KeyAlgorithm::Ed25519.words();
        if !contents.keys.iter().any(|key| key.key.algorithm == words) {
            return Ok(());
        }
        if self.database.token.algorithms().await?.contains(&KeyAlgorithm::Ed25519) {
            return Ok(());
        }
        let version = self.database.token.status().await?.softoken_version;
        Err(KeyFileError::KeyNotUsable(format!(
            "The private key is of the kind {words}, and NSS {version} cannot hold it. Keep it as a PEM bundle or PKCS#12 file beside the \
             servers that read files, and import the certificate alone."
        ))
        .into())
    }
}

/// Opens the file on a thread that may take its time, and wipes the passwords afterwards.
pub(super) async fn open(import: KeystoreImport) -> Result<Contents, OperationError> {
    let KeystoreImport { file, password, key_password, .. } = import;
    let (file, password, key_password) = (zeroize::Zeroizing::new(file.0), password.map(Secret::from), key_password.map(Secret::from));
    let work = move || {
        let passwords = Passwords { file: password.as_ref().map(Secret::reveal), key: key_password.as_ref().map(Secret::reveal) };
        keystore::open(&file, passwords)
    };
    Ok(blocking(work).await??)
}

fn report(
    contents: &Contents,
    keys: Vec<certdeck_shared::api::keystore::KeyOutcome>,
    certificates: Vec<ImportOutcome>,
    revision: String,
) -> KeystoreReport {
    KeystoreReport {
        applied: false,
        kind: match contents.kind {
            Kind::Pkcs12 => KeystoreKind::Pkcs12,
            Kind::Jks => KeystoreKind::Jks,
            Kind::Keys => KeystoreKind::Keys,
        },
        protections: contents.protections.iter().cloned().collect(),
        remarks: contents.remarks.clone(),
        keys,
        certificates,
        snapshot: None,
        revision,
    }
}

/// A key that nothing belongs to is a mistake more often than not: the wrong file, or the certificate forgotten.
fn refuse_keys_without_certificate(plan: &Plan) -> Result<(), OperationError> {
    let Some(key) = plan.keys.iter().find(|key| key.certificates.is_empty()) else { return Ok(()) };
    let names: Vec<&str> = plan.certificates.iter().take(3).map(|one| one.outcome.subject.as_str()).collect();
    let found = if names.is_empty() {
        "There is no certificate in the file, and none in the database is for it.".to_owned()
    } else {
        format!("The certificates in the file ({}) are for other keys, and none in the database is for it.", names.join("; "))
    };
    Err(OperationError::KeyWithoutCertificate(format!(
        "The {} key {} has no certificate. {found} Add the certificate to the file, or say that the key is to be imported alone.",
        key.algorithm, key.id
    )))
}
