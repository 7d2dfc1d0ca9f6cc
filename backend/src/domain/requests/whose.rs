//! Whose an answer is: a request that the console remembers, or a key of the database that it was never told of.

use certdeck_shared::api::request::{Reply, RequestKeyPlace};
use certdeck_shared::x509::view::CertificateView;

use super::answer::{self, Known};
use crate::domain::databases::{Operation, OperationError};
use crate::nss::listing::Listing;
use crate::state::RequestRecord;

/// What an answer is for.
pub(super) enum Whose {
    /// A request, by its identifier.
    Request(String),
    /// A key of the database, by its CKA_ID: of a request that certutil made, or that was deleted here.
    Key(String),
}

/// The same with all that is known of it.
pub(super) struct Asked {
    /// The request; none when only the key is known.
    pub(super) record: Option<RequestRecord>,
    /// CKA_ID of the key.
    pub(super) key_id: String,
    /// Where the key is.
    pub(super) key_place: RequestKeyPlace,
}

impl Whose {
    /// The request, if it is one.
    pub(super) fn request(&self) -> Option<&str> {
        match self {
            Self::Request(id) => Some(id),
            Self::Key(_) => None,
        }
    }
}

impl Operation {
    /// The request whose key a certificate has, of several the latest that waits; else the key of the database that it has.
    pub(super) async fn whose(&self, content: &str) -> Result<Whose, OperationError> {
        let listing = self.database.listing().await?;
        let certificates = answer::certificates(content, &listing)?;
        let keys: Vec<&str> = certificates.iter().filter_map(|one| one.view.public_key.nss_key_id.as_deref()).collect();
        let records = self.environment.store.requests().list(&self.database.id).await?;
        let fitting = || records.iter().filter(|record| keys.contains(&record.key_id.as_str()));
        let waiting = fitting().find(|record| record.certificate_fingerprint_sha256.is_none());
        if let Some(record) = waiting.or_else(|| fitting().next()) {
            return Ok(Whose::Request(record.id.clone()));
        }
        key_here(&certificates, &listing).map(Whose::Key).ok_or_else(|| {
            let what = answer::names(&certificates);
            OperationError::ReplyDoesNotMatch(format!(
                "None of the {what} is for the key of a request made here, nor for a key of this database."
            ))
        })
    }

    /// What is known of whom an answer is for.
    pub(super) async fn asked(&self, whose: &Whose, listing: &Listing) -> Result<Asked, OperationError> {
        let asked = match whose {
            Whose::Key(id) => Asked { record: None, key_id: id.clone(), key_place: RequestKeyPlace::Database },
            Whose::Request(id) => {
                let record = self.record(id).await?;
                Asked { key_id: record.key_id.clone(), key_place: record.key_place, record: Some(record) }
            }
        };
        if asked.key_place == RequestKeyPlace::Database && listing.key(&asked.key_id).is_none() {
            let why = "The key of this request is no longer in the database, so no certificate can be installed with it.";
            return Err(OperationError::ReplyDoesNotMatch(why.to_owned()));
        }
        Ok(asked)
    }

    /// A request that has an answer takes another one only when that is said.
    pub(super) async fn refuse_unasked(&self, asked: &Asked, leaf: &Known, reply: &Reply) -> Result<(), OperationError> {
        let Some(record) = &asked.record else { return Ok(()) };
        let Some(before) = record.certificate_fingerprint_sha256.as_deref().filter(|before| *before != leaf.fingerprint_sha256) else {
            return Ok(());
        };
        let answers = self.answers_to(&record.id).await?;
        if reply.additional || answers.iter().any(|earlier| earlier.certificate_fingerprint_sha256 == leaf.fingerprint_sha256) {
            return Ok(());
        }
        Err(OperationError::RequestAnswered(format!(
            "Another certificate answered this request before ({}…). Say that this one is additional, and both stay.",
            before.get(..16).unwrap_or(before)
        )))
    }
}

/// The key of the database that an answer is for. A CA whose key is here as well may have sent its own certificate along: what issued
/// another of them, and what is in the database already, is less likely meant.
fn key_here(certificates: &[Known], listing: &Listing) -> Option<String> {
    let issued_another =
        |view: &CertificateView| certificates.iter().any(|one| one.view.issuer == view.subject && one.view.subject != view.subject);
    let likely = |one: &&Known| (!issued_another(&one.view), !one.in_database, one.view.not_before);
    let of_key = |one: &Known| one.view.public_key.nss_key_id.clone().filter(|id| listing.key(id).is_some());
    certificates.iter().filter(|one| of_key(one).is_some()).max_by_key(likely).and_then(of_key)
}
