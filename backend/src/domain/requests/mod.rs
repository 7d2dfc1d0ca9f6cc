//! Certification requests: made around a key that stays where it is, remembered until the CA answers.

mod answer;
mod create;
mod proof;
mod reply;
mod token;
mod whose;

use certdeck_shared::api::problem::FieldError;
use certdeck_shared::api::request::{Request, RequestAnswer, RequestChange, RequestKeyPlace, RequestState};
use certdeck_shared::detect;
use certdeck_shared::request::{self as pkcs10, RequestForm, RequestView};
use certdeck_shared::x509::parse;
use serde_json::json;
use time::OffsetDateTime;

use super::databases::{Done, Operation, OperationError};
use super::inventory;
use super::keys::from_hex;
use crate::nss::listing::Listing;
use crate::state::{AnswerRecord, RequestEdit, RequestRecord};

pub use proof::{ProofError, verify};

/// Most characters of a note.
const LONGEST_NOTE: usize = 2_000;

/// Most characters of the name of a CA, and of a telephone number.
const LONGEST_LINE: usize = 100;

/// What a request is described with.
struct Surroundings<'a> {
    listing: &'a Listing,
    answers: Vec<AnswerRecord>,
    now: OffsetDateTime,
}

impl Operation {
    /// All requests of the database, the newest first.
    ///
    /// # Errors
    /// When state or database cannot be read.
    pub async fn requests(&self) -> Result<Vec<Request>, OperationError> {
        let listing = self.database.listing().await?;
        let records = self.environment.store.requests().list(&self.database.id).await?;
        let mut answers = self.environment.store.requests().answers(&self.database.id).await?;
        let now = self.environment.clock.now();
        Ok(records
            .into_iter()
            .map(|record| {
                let mine = answers.extract_if(.., |(request, _)| *request == record.id).map(|(_, answer)| answer).collect();
                describe(record, Surroundings { listing: &listing, answers: mine, now })
            })
            .collect())
    }

    /// One request.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn request(&self, id: &str) -> Result<Request, OperationError> {
        self.described(self.record(id).await?).await
    }

    /// The request, DER.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn request_der(&self, id: &str) -> Result<Vec<u8>, OperationError> {
        Ok(der(&self.record(id).await?))
    }

    async fn described(&self, record: RequestRecord) -> Result<Request, OperationError> {
        let listing = self.database.listing().await?;
        let answers = self.answers_to(&record.id).await?;
        Ok(describe(record, Surroundings { listing: &listing, answers, now: self.environment.clock.now() }))
    }

    async fn answers_to(&self, id: &str) -> Result<Vec<AnswerRecord>, OperationError> {
        let all = self.environment.store.requests().answers(&self.database.id).await?;
        Ok(all.into_iter().filter(|(request, _)| request == id).map(|(_, answer)| answer).collect())
    }

    async fn record(&self, id: &str) -> Result<RequestRecord, OperationError> {
        let found = self.environment.store.requests().by_id(id).await?;
        found.filter(|record| record.database == self.database.id).ok_or_else(|| OperationError::not_found("request", id))
    }

    /// The form that asks for an existing certificate again.
    ///
    /// # Errors
    /// `NotFound`; `Unreadable` when the certificate cannot be read.
    pub async fn request_form_of(&self, fingerprint: &str) -> Result<RequestForm, OperationError> {
        let listing = self.database.listing().await?;
        let certificate = inventory::find(&listing, fingerprint)?;
        let view = parse::certificate(&certificate.der).map_err(|error| OperationError::Unreadable(format!("{error}.")))?;
        Ok(RequestForm::of_certificate(&view))
    }

    /// Changes nickname, note or name of the CA.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` field by field.
    pub async fn change_request(&self, id: &str, change: RequestChange) -> Result<Request, OperationError> {
        let result = self.change_request_in_turn(id, change).await;
        self.conclude("request.change", Some(id), result).await
    }

    async fn change_request_in_turn(&self, id: &str, change: RequestChange) -> Result<Done<Request>, OperationError> {
        let record = self.record(id).await?;
        let before = json!({"nickname": record.nickname, "note": record.note, "ca_name": record.ca_name});
        let or = |new: Option<String>, old: Option<String>| new.map_or(old, text);
        let edit = RequestEdit {
            nickname: change.nickname.unwrap_or(record.nickname),
            note: or(change.note, record.note),
            ca_name: or(change.ca_name, record.ca_name),
        };
        let errors = wrong_words(&edit.nickname, edit.note.as_deref(), edit.ca_name.as_deref(), None);
        if !errors.is_empty() {
            return Err(OperationError::Invalid(errors));
        }
        let after = json!({"nickname": edit.nickname, "note": edit.note, "ca_name": edit.ca_name});
        self.environment.store.requests().edit(id, edit).await?;
        self.changed()?;
        Ok(Done { answer: self.request(id).await?, before: Some(before), after: Some(after) })
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
        if with_key && record.key_place == RequestKeyPlace::Token {
            self.delete_key_on_token(&record).await?;
        } else if with_key && listing.key(&record.key_id).is_some() {
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

/// A text that people typed; none when nothing is in it.
fn text(typed: String) -> Option<String> {
    Some(typed).filter(|text| !text.trim().is_empty())
}

/// What speaks against the words that go with a request.
fn wrong_words(nickname: &str, note: Option<&str>, ca_name: Option<&str>, phone: Option<&str>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, message: String| errors.push(FieldError { pointer: pointer.to_owned(), message });
    if let Some(message) = inventory::wrong_nickname(nickname) {
        wrong("/nickname", message);
    }
    if note.is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        wrong("/note", format!("A note has at most {LONGEST_NOTE} characters."));
    }
    for (pointer, label, value) in [("/ca_name", "name of the CA", ca_name), ("/phone", "telephone number", phone)] {
        if let Some(message) = value.and_then(|value| pkcs10::wrong_line(value, label, LONGEST_LINE)) {
            wrong(pointer, message);
        }
    }
    errors
}

/// The request of a record, DER; what was stored was read before.
fn der(record: &RequestRecord) -> Vec<u8> {
    detect::read(record.pem.as_bytes()).requests.into_iter().next().map(|found| found.der).unwrap_or_default()
}

fn view(record: &RequestRecord) -> Option<RequestView> {
    pkcs10::view(&der(record)).ok()
}

fn describe(record: RequestRecord, around: Surroundings<'_>) -> Request {
    let answers = around.answers.into_iter().map(|answer| RequestAnswer {
        installed: around.listing.certificate(&answer.certificate_fingerprint_sha256).is_some(),
        fingerprint_sha256: answer.certificate_fingerprint_sha256,
        nickname: answer.nickname,
        pem: answer.pem,
        answered_by: answer.answered_by,
        answered_at: answer.answered_at,
    });
    let key_present = around.listing.key(&record.key_id).is_some();
    Request {
        // A token is not asked for every list: it may be slow, locked or taken out.
        key_present: key_present || record.key_place == RequestKeyPlace::Token,
        // A key that was imported since is in the database, wherever the request came from.
        key_place: if key_present { RequestKeyPlace::Database } else { record.key_place },
        state: if record.certificate_fingerprint_sha256.is_some() { RequestState::Answered } else { RequestState::Pending },
        weaknesses: view(&record).map(|view| pkcs10::weaknesses(&view)).unwrap_or_default(),
        answers: answers.collect(),
        age_days: (around.now - record.created_at).whole_days().max(0),
        id: record.id,
        nickname: record.nickname,
        subject: record.subject,
        key_id: record.key_id,
        pem: record.pem,
        note: record.note,
        ca_name: record.ca_name,
        phone: record.phone,
        created_by: record.created_by,
        created_at: record.created_at,
        certificate_fingerprint_sha256: record.certificate_fingerprint_sha256,
    }
}
