//! Certification requests: made around a key that stays in its token, remembered until the CA answers.

mod reply;

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::api::request::{NewRequest, Request, RequestState};
use certdeck_shared::hex::hex;
use certdeck_shared::request::{self as pkcs10, RequestForm};
use serde_json::json;

use super::databases::{Done, Operation, OperationError};
use super::inventory;
use super::keys::{from_hex, key_id};
use crate::host::randomness;
use crate::nss::listing::Listing;
use crate::state::RequestRecord;

/// Most characters of a note.
const LONGEST_NOTE: usize = 2_000;

impl Operation {
    /// All requests of the database, the newest first.
    ///
    /// # Errors
    /// When state or database cannot be read.
    pub async fn requests(&self) -> Result<Vec<Request>, OperationError> {
        let listing = self.database.listing().await?;
        let records = self.environment.store.requests().list(&self.database.id).await?;
        Ok(records.into_iter().map(|record| describe(record, &listing)).collect())
    }

    /// One request.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn request(&self, id: &str) -> Result<Request, OperationError> {
        let listing = self.database.listing().await?;
        Ok(describe(self.record(id).await?, &listing))
    }

    async fn record(&self, id: &str) -> Result<RequestRecord, OperationError> {
        let found = self.environment.store.requests().by_id(id).await?;
        found.filter(|record| record.database == self.database.id).ok_or_else(|| OperationError::not_found("request", id))
    }

    /// Makes a request: signs what the page has assembled, or makes key and request from a form.
    ///
    /// # Errors
    /// `Invalid` field by field, before any key is made; `NotSignable`; `Locked`.
    pub async fn create_request(&self, new: NewRequest) -> Result<Request, OperationError> {
        let result = self.create_request_in_turn(new).await;
        self.conclude("request.create", None, result).await
    }

    async fn create_request_in_turn(&self, new: NewRequest) -> Result<Done<Request>, OperationError> {
        let _turn = self.database.turn().await?;
        let (nickname, note) = match &new {
            NewRequest::ToBeSigned { nickname, note, .. } | NewRequest::Form { nickname, note, .. } => (nickname.clone(), note.clone()),
        };
        let mut errors = Vec::new();
        if let Some(message) = inventory::wrong_nickname(&nickname) {
            errors.push(FieldError { pointer: "/nickname".to_owned(), message });
        }
        if note.as_deref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
            errors.push(FieldError { pointer: "/note".to_owned(), message: format!("A note has at most {LONGEST_NOTE} characters.") });
        }
        if let NewRequest::Form { form, .. } = &new {
            errors.extend(pkcs10::validate(form).into_iter().map(|error| {
                let pointer = error.pointer.strip_prefix("/form").unwrap_or(&error.pointer).to_owned();
                FieldError { pointer: format!("/form{pointer}"), ..error }
            }));
        }
        if !errors.is_empty() {
            return Err(OperationError::Invalid(errors));
        }
        if let NewRequest::Form { key_algorithm, .. } = &new {
            self.needs_algorithm(*key_algorithm, "/key_algorithm").await?;
        }
        self.database.needs_unlocked().await?;
        let (key, der) = match new {
            NewRequest::ToBeSigned { key_id: id, certification_request_info, .. } => {
                let id = key_id(&id)?;
                if self.database.listing().await?.key(&id).is_none() {
                    return Err(OperationError::not_found("key", &id));
                }
                let der = self.database.token.sign_request(&from_hex(&id), &certification_request_info.0).await?;
                (id, der)
            }
            NewRequest::Form { key_algorithm, form, .. } => self.sign_form(key_algorithm, &form, &nickname).await?,
        };
        let view = pkcs10::view(&der).map_err(|error| OperationError::NotSignable(format!("{error}.")))?;
        let record = RequestRecord {
            id: randomness::identifier(),
            database: self.database.id.clone(),
            nickname,
            subject: view.subject.to_string(),
            key_id: key,
            pem: pkcs10::pem(&der),
            note: note.filter(|note| !note.trim().is_empty()),
            created_by: self.actor.clone(),
            created_at: self.environment.clock.now(),
            certificate_fingerprint_sha256: None,
        };
        self.environment.store.requests().insert(record.clone()).await?;
        self.changed()?;
        let listing = self.database.listing().await?;
        let after = json!({"request": record.id, "subject": record.subject, "key_id": record.key_id, "nickname": record.nickname});
        Ok(Done { answer: describe(record, &listing), before: None, after: Some(after) })
    }

    /// Makes the key, then the request; the key goes again when the request cannot be made.
    async fn sign_form(&self, algorithm: KeyAlgorithm, form: &RequestForm, label: &str) -> Result<(String, Vec<u8>), OperationError> {
        self.snapshot(&format!("a key for the request {label}")).await?;
        let key = self.database.token.generate_key(algorithm, label).await?;
        let signed = async {
            let information = pkcs10::to_be_signed(form, &key.subject_public_key_info)
                .map_err(|error| OperationError::invalid("/form", format!("{error}.")))?;
            Ok::<_, OperationError>(self.database.token.sign_request(&key.id, &information).await?)
        };
        match signed.await {
            Ok(der) => Ok((hex(&key.id), der)),
            Err(error) => {
                let _ = self.database.token.delete_key(&key.id).await;
                Err(error)
            }
        }
    }

    /// Forgets a request, and deletes its key if asked and no certificate has it.
    ///
    /// # Errors
    /// `NotFound`; `Locked` when the key is to go.
    pub async fn delete_request(&self, id: &str, with_key: bool) -> Result<(), OperationError> {
        let result = self.delete_request_in_turn(id, with_key).await;
        self.conclude("request.delete", Some(id), result).await
    }

    async fn delete_request_in_turn(&self, id: &str, with_key: bool) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        let record = self.record(id).await?;
        let listing = self.database.listing().await?;
        if with_key && listing.key(&record.key_id).is_some() {
            if listing.certificates.iter().any(|one| one.key_id.as_deref() == Some(&record.key_id)) {
                return Err(OperationError::invalid(
                    "?with_key",
                    "A certificate uses the key; delete the certificate with its key instead.",
                ));
            }
            self.database.needs_unlocked().await?;
            self.snapshot(&format!("deletion of the request {} with its key", record.nickname)).await?;
            self.database.token.delete_key(&from_hex(&record.key_id)).await?;
        }
        self.environment.store.requests().remove(id).await?;
        self.changed()?;
        let before = json!({"subject": record.subject, "key_id": record.key_id, "nickname": record.nickname});
        Ok(Done { answer: (), before: Some(before), after: Some(json!({"with_key": with_key})) })
    }
}

fn describe(record: RequestRecord, listing: &Listing) -> Request {
    Request {
        key_present: listing.key(&record.key_id).is_some(),
        state: if record.certificate_fingerprint_sha256.is_some() { RequestState::Answered } else { RequestState::Pending },
        id: record.id,
        nickname: record.nickname,
        subject: record.subject,
        key_id: record.key_id,
        pem: record.pem,
        note: record.note,
        created_by: record.created_by,
        created_at: record.created_at,
        certificate_fingerprint_sha256: record.certificate_fingerprint_sha256,
    }
}
