//! Importing a file that holds keys: first what is in it and what will happen, then it happens; all of it or nothing.

use certdeck_shared::api::import::ImportOutcome;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::keystore::{ChosenNickname, KeystoreImport, KeystoreKind, KeystoreReport};
use certdeck_shared::glass::Action;
use serde_json::json;

use super::plan::{Plan, keys_to_write, plan};
use crate::domain::databases::{Done, Operation, OperationError, Place, Reach, blocking};
use crate::domain::import;
use crate::keystore::{self, Contents, KeyFileError, Kind, Passwords};
use crate::token::{CertificateToImport, Secret};

impl Operation {
    /// What is in a file, and what an import would do. Nothing is written.
    ///
    /// # Errors
    /// What keeps the file from being opened; refusals of single certificates are part of the answer.
    pub async fn preview_keystore(&self, import: KeystoreImport) -> Result<KeystoreReport, OperationError> {
        let (place, nicknames) = self.destination(&import).await?;
        let contents = open(import).await?;
        refuse_unheld_keys(&contents, &place).await?;
        let reach = self.reach_of(&place).await?;
        let plan = plan(reach.of(&place), &contents, &nicknames)?;
        Ok(report(&contents, plan.keys, outcomes(&plan.certificates, &place), self.database.revision()?))
    }

    /// Imports keys and certificates.
    ///
    /// # Errors
    /// What keeps the file from being opened; `ImportRefused`; `KeyWithoutCertificate`; `Locked`. Nothing is written then.
    pub async fn import_keystore(&self, import: KeystoreImport) -> Result<KeystoreReport, OperationError> {
        let result = self.import_keystore_in_turn(import).await;
        let operation = match &result {
            Ok(done) => self.clone().standing_for(Action::of_keystore(done.answer.kind)).await,
            Err(_) => self.clone(),
        };
        operation.conclude("key.import", None, result).await
    }

    async fn import_keystore_in_turn(&self, import: KeystoreImport) -> Result<Done<KeystoreReport>, OperationError> {
        let accept = import.accept_keys_without_certificate;
        let (place, nicknames) = self.destination(&import).await?;
        // Opening takes a second or two; nobody need wait for it.
        let contents = open(import).await?;
        refuse_unheld_keys(&contents, &place).await?;
        let _turn = self.database.turn().await?;
        let reach = self.reach_of(&place).await?;
        let listing = reach.of(&place);
        let plan = plan(listing, &contents, &nicknames)?;
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
        let outcomes = outcomes(&plan.certificates, &place);
        let mut answer = report(&contents, plan.keys.clone(), outcomes, self.database.revision()?);
        answer.applied = true;
        let keys = keys_to_write(listing, contents, &plan);
        if keys.is_empty() && certificates.is_empty() {
            return Ok(Done { answer, before: None, after: Some(json!({"keys": [], "certificates": []})) });
        }
        place.needs_unlocked().await?;
        let first = keys.first().map(|key| key.label.clone()).or_else(|| certificates.first().map(|one| one.nickname.clone()));
        answer.snapshot = self.snapshot_of(&place, &format!("import of {} with its key", first.unwrap_or_default())).await?;
        place.handle.import_keys(keys, certificates).await?;
        answer.revision = self.changed()?;
        let after = json!({
            "keys": answer.keys.iter().filter(|key| !key.present).map(|key| json!({"key_id": key.id, "algorithm": key.algorithm})).collect::<Vec<_>>(),
            "token": place.token.as_ref().map(|token| &token.label),
            "certificates": answer.certificates.iter().filter(|one| one.disposition.is_written()).take(100)
                .map(|one| json!({"fingerprint_sha256": one.fingerprint_sha256, "nickname": one.nickname})).collect::<Vec<_>>(),
        });
        Ok(Done { answer, before: None, after: Some(after) })
    }

    /// Where an import goes, and its nicknames without the name of a token.
    async fn destination(&self, import: &KeystoreImport) -> Result<(Place, Vec<ChosenNickname>), OperationError> {
        let mut place = match &import.token {
            Some(token) => Some(self.place_named(token).await?),
            None => None,
        };
        let mut nicknames = Vec::with_capacity(import.nicknames.len());
        for (position, chosen) in import.nicknames.iter().enumerate() {
            let (named, bare) = self.place_of_nickname(&chosen.nickname).await?;
            if bare != chosen.nickname {
                if place.as_ref().is_some_and(|place| place.id() != named.id()) {
                    let message = "All of a file goes to one token: name the same one everywhere.";
                    return Err(OperationError::invalid(format!("/nicknames/{position}/nickname"), message));
                }
                place = Some(named);
            }
            nicknames.push(ChosenNickname { nickname: bare.into_owned(), ..chosen.clone() });
        }
        Ok((place.unwrap_or_else(|| self.own_place()), nicknames))
    }

    async fn reach_of(&self, place: &Place) -> Result<Reach, OperationError> {
        let mut reach = self.reach(&[]).await?;
        self.reach_token(&mut reach, place.id()).await?;
        Ok(reach)
    }
}

/// What becomes of certificates, with the name of their token where they go to one.
fn outcomes(planned: &[import::Planned], place: &Place) -> Vec<ImportOutcome> {
    let told = |one: &import::Planned| ImportOutcome { nickname: place.full_nickname(&one.outcome.nickname), ..one.outcome.clone() };
    planned.iter().map(told).collect()
}

/// Ed25519 came late to NSS, and not to every token: it is asked.
async fn refuse_unheld_keys(contents: &Contents, place: &Place) -> Result<(), OperationError> {
    let words = KeyAlgorithm::Ed25519.words();
    if !contents.keys.iter().any(|key| key.key.algorithm == words) || place.handle.algorithms().await?.contains(&KeyAlgorithm::Ed25519) {
        return Ok(());
    }
    let holder = match &place.token {
        Some(token) => format!("the token {}", token.label),
        None => format!("NSS {}", place.handle.status().await?.softoken_version),
    };
    Err(KeyFileError::KeyNotUsable(format!(
        "The private key is of the kind {words}, and {holder} cannot hold it. Keep it as a PEM bundle or PKCS#12 file beside the servers that \
         read files, and import the certificate alone."
    ))
    .into())
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
