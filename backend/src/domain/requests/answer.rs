//! What a CA sent: the certificate of the key is found in it, its chain put in order from answer and database, and what is missing named.

use std::collections::HashSet;

use certdeck_shared::api::request::{ChainLink, MissingIssuer};
use certdeck_shared::detect;
use certdeck_shared::request::RequestView;
use certdeck_shared::x509::chain::{self, Ending};
use certdeck_shared::x509::life::date;
use certdeck_shared::x509::view::CertificateView;
use certdeck_shared::x509::{fingerprint, parse};
use time::OffsetDateTime;

use crate::domain::databases::OperationError;
use crate::domain::import;
use crate::nss::listing::Listing;

/// Most certificates of an answer that are looked at.
const MOST: usize = 100;

/// Most words about what differs; a hostile answer must not produce more than anyone reads.
const MOST_REMARKS: usize = 20;

/// A certificate of an answer or of the database.
pub(super) struct Known {
    pub der: Vec<u8>,
    pub view: CertificateView,
    pub fingerprint_sha256: String,
    pub in_answer: bool,
    pub in_database: bool,
}

/// What an answer holds for a key.
pub(super) struct Answer {
    /// The certificate of the key, then its issuers as far as they are known.
    pub chain: Vec<Known>,
    /// The issuer that nobody has.
    pub missing: Option<MissingIssuer>,
    /// Subjects of what does not belong to the chain.
    pub left_out: Vec<String>,
}

/// The certificates of an answer that can be read, each once.
pub(super) fn certificates(content: &str, listing: &Listing) -> Result<Vec<Known>, OperationError> {
    let found = detect::read(content.as_bytes());
    let mut seen = HashSet::new();
    let mut readable = Vec::new();
    for one in found.certificates.iter().take(MOST) {
        let Ok(view) = parse::certificate(&one.der) else { continue };
        let fingerprint_sha256 = fingerprint::sha256_hex(&one.der);
        if seen.insert(fingerprint_sha256.clone()) {
            let in_database = listing.certificate(&fingerprint_sha256).is_some();
            readable.push(Known { der: one.der.clone(), view, fingerprint_sha256, in_answer: true, in_database });
        }
    }
    if readable.is_empty() { Err(OperationError::Unreadable(import::instead(&found))) } else { Ok(readable) }
}

/// The certificate of the key among them, and its chain.
pub(super) fn find(mut all: Vec<Known>, key_id: &str, listing: &Listing) -> Result<Answer, OperationError> {
    let answered = all.len();
    let leaf = all
        .iter()
        .enumerate()
        .filter(|(_, one)| one.view.public_key.nss_key_id.as_deref() == Some(key_id))
        // A CA may send the old certificate of the key along with the new one.
        .max_by_key(|(_, one)| one.view.not_before)
        .map(|(place, _)| place);
    let Some(leaf) = leaf else {
        return Err(OperationError::ReplyDoesNotMatch(format!("None of the {} is for the key of this request.", names(&all))));
    };
    let sent: HashSet<String> = all.iter().map(|one| one.fingerprint_sha256.clone()).collect();
    for one in listing.certificates.iter().filter(|one| !sent.contains(&one.fingerprint_sha256)) {
        let Ok(view) = parse::certificate(&one.der) else { continue };
        let fingerprint_sha256 = one.fingerprint_sha256.clone();
        all.push(Known { der: one.der.clone(), view, fingerprint_sha256, in_answer: false, in_database: true });
    }
    let views: Vec<&CertificateView> = all.iter().map(|one| &one.view).collect();
    let path = chain::path(leaf, &views);
    let missing = match path.ending {
        Ending::MissingIssuer => path.places.last().and_then(|place| views.get(*place)).map(|last| MissingIssuer {
            subject: last.issuer.to_string(),
            key_identifier: last.authority_key_identifier.clone(),
            ca_issuers: last.ca_issuers.clone(),
        }),
        Ending::Complete | Ending::Loop => None,
    };
    let left_out = all.iter().take(answered).enumerate().filter(|(place, _)| !path.places.contains(place));
    let left_out = left_out.map(|(_, one)| one.view.subject.to_string()).collect();
    let mut all: Vec<Option<Known>> = all.into_iter().map(Some).collect();
    let chain = path.places.iter().filter_map(|place| all.get_mut(*place).and_then(Option::take)).collect();
    Ok(Answer { chain, missing, left_out })
}

/// `2 certificates (a, b)`.
pub(super) fn names(all: &[Known]) -> String {
    let names: Vec<String> = all.iter().take(3).map(|one| one.view.display_name()).collect();
    let more = if all.len() > 3 { ", …" } else { "" };
    let word = if all.len() == 1 { "certificate" } else { "certificates" };
    format!("{} {word} ({}{more})", all.len(), names.join(", "))
}

impl Known {
    /// What is told of it.
    pub(super) fn link(&self) -> ChainLink {
        ChainLink {
            fingerprint_sha256: self.fingerprint_sha256.clone(),
            subject: self.view.subject.to_string(),
            issuer: self.view.issuer.to_string(),
            not_after: self.view.not_after,
            in_answer: self.in_answer,
            in_database: self.in_database,
        }
    }
}

/// In what the certificate is not what the request asked for, and whether it is of use now.
pub(super) fn remarks(certificate: &CertificateView, request: Option<&RequestView>, now: OffsetDateTime) -> Vec<String> {
    let mut remarks = Vec::new();
    if certificate.not_after < now {
        remarks.push(format!("It expired on {}.", date(certificate.not_after)));
    } else if certificate.not_before > now {
        remarks.push(format!("It is not valid before {}.", date(certificate.not_before)));
    }
    let Some(request) = request else { return remarks };
    let (asked, got) = (&request.subject_alternative_names, &certificate.subject_alternative_names);
    for name in asked.iter().filter(|name| !got.contains(name)) {
        remarks.push(format!("The request asked for the name {}, and the certificate does not have it.", name.text()));
    }
    for name in got.iter().filter(|name| !asked.contains(name)) {
        remarks.push(format!("The certificate has the name {}, which the request did not ask for.", name.text()));
    }
    if certificate.subject != request.subject {
        remarks.push(format!("The CA made the subject {} of {}.", certificate.subject, request.subject));
    }
    let asked_to_be_ca = request.basic_constraints.is_some_and(|constraints| constraints.ca);
    if asked_to_be_ca && !certificate.is_ca() {
        remarks.push("The request asked for a CA, and the certificate is none.".to_owned());
    } else if certificate.is_ca() && !asked_to_be_ca {
        remarks.push("The certificate is a CA, which the request did not ask for.".to_owned());
    }
    remarks.truncate(MOST_REMARKS);
    remarks
}
