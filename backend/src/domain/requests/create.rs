//! Making requests: around a new key, around one that is there, around what the page assembled; or taking one that is signed already.

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::api::request::{NewRequest, Request, RequestKeyPlace, RequestPreview, Tracking};
use certdeck_shared::detect;
use certdeck_shared::hex::hex;
use certdeck_shared::request::{self as pkcs10, RequestForm, RequestView};
use serde_json::json;

use super::{proof, text, wrong_words};
use crate::domain::databases::{Done, Operation, OperationError};
use crate::domain::keys::{from_hex, key_id};
use crate::host::randomness;
use crate::state::RequestRecord;

/// Largest request that is looked at, octets. One with the largest keys of today has some 20,000.
const LARGEST: usize = 256 * 1024;

/// A request that is signed.
pub(super) struct Signed {
    pub(super) der: Vec<u8>,
    pub(super) key_id: String,
    pub(super) key_place: RequestKeyPlace,
    /// Whether the key was made in the database for it.
    pub(super) made: bool,
}

impl Operation {
    /// Makes a request, or takes one that is signed already.
    ///
    /// # Errors
    /// `Invalid` field by field and `WeakRequest`, before any key is made; `NotSignable`; `Locked`.
    pub async fn create_request(&self, new: NewRequest) -> Result<Request, OperationError> {
        let result = self.create_request_in_turn(new).await;
        self.conclude("request.create", None, result).await
    }

    /// What a request would be. Nothing is made.
    ///
    /// # Errors
    /// `Invalid` field by field; `NotSignable` and `Unreadable` for bytes that are no request.
    pub async fn preview_request(&self, new: NewRequest) -> Result<RequestPreview, OperationError> {
        let (view, notes) = match &new {
            NewRequest::Form { form, key_algorithm, .. } => (draft(form, *key_algorithm)?, pkcs10::notes(form)),
            NewRequest::ExistingKey { key_id, form, .. } => (self.unsigned(key_id, form).await?.1, pkcs10::notes(form)),
            NewRequest::ToBeSigned { certification_request_info, .. } => (of_information(&certification_request_info.0)?, Vec::new()),
            NewRequest::Ready { content, .. } => {
                let (der, view) = read(content)?;
                prove(&der)?;
                (view, Vec::new())
            }
        };
        Ok(RequestPreview {
            subject: view.subject.to_string(),
            subject_openssl: view.subject.to_openssl(),
            subject_certutil: view.subject.to_rfc1485(),
            text: pkcs10::text(&view),
            weaknesses: pkcs10::weaknesses(&view),
            notes,
        })
    }

    async fn create_request_in_turn(&self, new: NewRequest) -> Result<Done<Request>, OperationError> {
        let _turn = self.database.turn().await?;
        let tracking = new.tracking().clone();
        let mut errors = wrong_words(&tracking.nickname, tracking.note.as_deref(), tracking.ca_name.as_deref(), tracking.phone.as_deref());
        if let NewRequest::Form { form, .. } | NewRequest::ExistingKey { form, .. } = &new {
            errors.extend(wrong_form(form));
        }
        if !errors.is_empty() {
            return Err(OperationError::Invalid(errors));
        }
        let signed = self.sign(new, &tracking).await?;
        let view = pkcs10::view(&signed.der).map_err(|error| OperationError::NotSignable(format!("{error}.")))?;
        let record = RequestRecord {
            id: randomness::identifier(),
            database: self.database.id.clone(),
            nickname: tracking.nickname,
            subject: view.subject.to_string(),
            key_id: signed.key_id,
            pem: pkcs10::pem(&signed.der),
            note: tracking.note.and_then(text),
            created_by: self.actor.clone(),
            created_at: self.environment.clock.now(),
            certificate_fingerprint_sha256: None,
            ca_name: tracking.ca_name.and_then(text),
            phone: tracking.phone.and_then(text),
            key_place: signed.key_place,
        };
        if let Err(error) = self.environment.store.requests().insert(record.clone(), None).await {
            if signed.made {
                // A request that nobody remembers leaves no key behind; the first error is the one that counts.
                let _ = self.database.token.delete_key(&from_hex(&record.key_id)).await;
            }
            return Err(error.into());
        }
        self.changed()?;
        let mut after = json!({"request": record.id, "subject": record.subject, "key_id": record.key_id, "nickname": record.nickname,
            "key_place": record.key_place});
        let accepted: Vec<String> = pkcs10::weaknesses(&view).into_iter().map(|weakness| weakness.id).collect();
        if let (false, Some(after)) = (accepted.is_empty(), after.as_object_mut()) {
            after.insert("accepted".to_owned(), json!(accepted));
        }
        Ok(Done { answer: self.described(record).await?, before: None, after: Some(after) })
    }

    async fn sign(&self, new: NewRequest, tracking: &Tracking) -> Result<Signed, OperationError> {
        if let (Some(token), label) = self.split_nickname(&tracking.nickname).await? {
            return self.sign_on_token(new, tracking, &token, &label).await;
        }
        match new {
            NewRequest::ToBeSigned { key_id: id, certification_request_info, .. } => {
                let id = key_id(&id)?;
                refuse_weak(&of_information(&certification_request_info.0)?, tracking)?;
                self.database.needs_unlocked().await?;
                if self.database.listing().await?.key(&id).is_none() {
                    return Err(OperationError::not_found("key", &id));
                }
                let der = self.database.token.sign_request(&from_hex(&id), &certification_request_info.0).await?;
                Ok(Signed { der, key_id: id, key_place: RequestKeyPlace::Database, made: false })
            }
            NewRequest::Form { key_algorithm, form, .. } => {
                self.needs_algorithm(&self.own_place(), key_algorithm, "/key_algorithm").await?;
                refuse_weak(&draft(&form, key_algorithm)?, tracking)?;
                self.database.needs_unlocked().await?;
                self.sign_form(key_algorithm, &form, &tracking.nickname).await
            }
            NewRequest::ExistingKey { key_id: id, form, .. } => {
                let (information, view) = self.unsigned(&id, &form).await?;
                refuse_weak(&view, tracking)?;
                let id = key_id(&id)?;
                let der = self.database.token.sign_request(&from_hex(&id), &information).await?;
                Ok(Signed { der, key_id: id, key_place: RequestKeyPlace::Database, made: false })
            }
            NewRequest::Ready { content, key_place, .. } => {
                let (der, view) = read(&content)?;
                refuse_weak(&view, tracking)?;
                self.take(der, &view, key_place).await
            }
        }
    }

    /// Makes the key, then the request; the key goes again when the request cannot be made.
    async fn sign_form(&self, algorithm: KeyAlgorithm, form: &RequestForm, label: &str) -> Result<Signed, OperationError> {
        self.snapshot(&format!("a key for the request {label}")).await?;
        let key = self.new_key(algorithm, label).await?;
        let signed = async {
            let information = pkcs10::to_be_signed(form, &key.subject_public_key_info)
                .map_err(|error| OperationError::invalid("/form", format!("{error}.")))?;
            Ok::<_, OperationError>(self.database.token.sign_request(&key.id, &information).await?)
        };
        match signed.await {
            Ok(der) => Ok(Signed { der, key_id: hex(&key.id), key_place: RequestKeyPlace::Database, made: true }),
            Err(error) => {
                let _ = self.database.token.delete_key(&key.id).await;
                Err(error)
            }
        }
    }

    /// What a key of the database would sign for a form.
    async fn unsigned(&self, id: &str, form: &RequestForm) -> Result<(Vec<u8>, RequestView), OperationError> {
        let errors = wrong_form(form);
        if !errors.is_empty() {
            return Err(OperationError::Invalid(errors));
        }
        let id = key_id(id)?;
        self.database.needs_unlocked().await?;
        let keys = self.database.token.list_keys().await?;
        let key = keys.into_iter().find(|key| hex(&key.id) == id).ok_or_else(|| OperationError::not_found("key", &id))?;
        let unknown = || OperationError::NotSignable(format!("The key {id} is of a kind that cannot sign requests here."));
        let public_key = key.subject_public_key_info.ok_or_else(unknown)?;
        let information = pkcs10::to_be_signed(form, &public_key).map_err(|error| OperationError::NotSignable(format!("{error}.")))?;
        let view = of_information(&information)?;
        Ok((information, view))
    }

    /// Takes a request that is signed already: by the key that it names, and by no other.
    async fn take(&self, der: Vec<u8>, view: &RequestView, key_place: Option<RequestKeyPlace>) -> Result<Signed, OperationError> {
        prove(&der)?;
        let unknown = || OperationError::NotSignable(format!("A key of the kind {} is not known here.", view.public_key.short()));
        let key_id = view.public_key.nss_key_id.clone().ok_or_else(unknown)?;
        let pem = pkcs10::pem(&der);
        let others = self.environment.store.requests().list(&self.database.id).await?;
        if let Some(other) = others.iter().find(|other| other.pem == pem) {
            return Err(OperationError::invalid("/content", format!("This very request is here already: {}.", other.id)));
        }
        let here = self.database.listing().await?.key(&key_id).is_some();
        let elsewhere = key_place.filter(|place| *place != RequestKeyPlace::Database).unwrap_or(RequestKeyPlace::Elsewhere);
        Ok(Signed { der, key_id, key_place: if here { RequestKeyPlace::Database } else { elsewhere }, made: false })
    }
}

fn prove(request: &[u8]) -> Result<(), OperationError> {
    proof::verify(request).map_err(|error| OperationError::NotSignable(format!("The request is not taken: {error}.")))
}

pub(super) fn wrong_form(form: &RequestForm) -> Vec<FieldError> {
    let errors = pkcs10::validate(form).into_iter();
    errors.map(|error| FieldError { pointer: format!("/form{}", error.pointer), ..error }).collect()
}

/// The view of what a form would become with a new key.
pub(super) fn draft(form: &RequestForm, algorithm: KeyAlgorithm) -> Result<RequestView, OperationError> {
    let errors = wrong_form(form);
    if !errors.is_empty() {
        return Err(OperationError::Invalid(errors));
    }
    let not_signable = |error: &dyn std::error::Error| OperationError::NotSignable(format!("{error}."));
    let der = pkcs10::draft(form, algorithm).map_err(|error| not_signable(&error))?;
    pkcs10::view(&der).map_err(|error| not_signable(&error))
}

pub(super) fn of_information(octets: &[u8]) -> Result<RequestView, OperationError> {
    if octets.len() > LARGEST {
        return Err(OperationError::NotSignable(format!("A request has at most {LARGEST} octets, not {}.", octets.len())));
    }
    pkcs10::unsigned_view(octets).map_err(|error| OperationError::NotSignable(format!("{error}.")))
}

/// The one request in a text.
fn read(content: &str) -> Result<(Vec<u8>, RequestView), OperationError> {
    if content.len() > 2 * LARGEST {
        return Err(OperationError::invalid("/content", format!("A request has at most {LARGEST} octets.")));
    }
    let found = detect::read(content.as_bytes());
    let [request] = found.requests.as_slice() else {
        let words = match found.requests.len() {
            0 if !found.certificates.is_empty() => "There is a certificate in it and no request.".to_owned(),
            0 if !found.keys.is_empty() => "There is a private key in it and no request; keep the key to yourself.".to_owned(),
            0 => {
                let problem = found.problems.first().map(|problem| format!(" {problem}.")).unwrap_or_default();
                format!("There is no request in it. PEM, DER in base64 and base64 without labels are read.{problem}")
            }
            count => format!("There are {count} requests in it; give one at a time."),
        };
        return Err(OperationError::Unreadable(words));
    };
    let view = pkcs10::view(&request.der).map_err(|error| OperationError::Unreadable(format!("{}: {error}.", request.place)))?;
    Ok((request.der.clone(), view))
}

/// Refuses what is weak and was not accepted by its id.
pub(super) fn refuse_weak(view: &RequestView, tracking: &Tracking) -> Result<(), OperationError> {
    let weaknesses: Vec<_> = pkcs10::weaknesses(view).into_iter().filter(|weakness| !tracking.accept.contains(&weakness.id)).collect();
    if weaknesses.is_empty() { Ok(()) } else { Err(OperationError::WeakRequest(weaknesses)) }
}
