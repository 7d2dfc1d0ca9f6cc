//! What becomes of each certificate of an import, by the rules of NSS; nothing is written here.

use std::collections::HashMap;

use certdeck_shared::api::import::{Disposition, Import, ImportItem, ImportOutcome};
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::{fingerprint, parse};

use super::{MOST, nickname};
use crate::domain::databases::OperationError;
use crate::domain::inventory;
use crate::nss::listing::Listing;

/// One certificate of an import.
#[derive(Debug, Clone)]
pub struct Planned {
    /// What the caller is told.
    pub outcome: ImportOutcome,
    /// The certificate.
    pub der: Vec<u8>,
    /// Trust to store; none for `,,`, which is what NSS reads where nothing is stored.
    pub trust: Option<TrustFlags>,
}

/// What NSS holds unique: issuer and serial number, both DER.
type IssuerAndSerialNumber = (Vec<u8>, Vec<u8>);

/// Address and nickname of the certificate that has it.
type Holder = (String, Option<String>);

/// What is in the database, and what the items before this one will have added.
struct Known {
    subjects_of_nicknames: HashMap<String, Vec<u8>>,
    nicknames_of_subjects: HashMap<Vec<u8>, String>,
    serial_numbers: HashMap<IssuerAndSerialNumber, Holder>,
    nickname_holders: HashMap<String, String>,
    planned: HashMap<String, String>,
}

/// Plans an import against a listing.
///
/// # Errors
/// `Invalid` for nicknames and trust flags that are none, and for too many or too few items; every wrong field is named.
pub fn plan(listing: &Listing, import: &Import) -> Result<Vec<Planned>, OperationError> {
    let count = import.certificates.len();
    if count == 0 || count > MOST {
        return Err(OperationError::invalid("/certificates", format!("1 to {MOST} certificates, not {count}.")));
    }
    let mut errors = Vec::new();
    let mut known = Known::of(listing);
    let mut planned = Vec::with_capacity(count);
    for (place, item) in import.certificates.iter().enumerate() {
        let mut wrong =
            |field: &str, message: String| errors.push(FieldError { pointer: format!("/certificates/{place}/{field}"), message });
        if let Some(message) = item.nickname.as_deref().and_then(inventory::wrong_nickname) {
            wrong("nickname", message);
        }
        let trust = match item.trust.as_deref().map(TrustFlags::parse).transpose() {
            Ok(trust) => trust.filter(|trust| !trust.is_empty() || trust.ssl.step_up),
            Err(error) => {
                wrong("trust", format!("{error}."));
                None
            }
        };
        planned.push(known.one(listing, item, trust));
    }
    if errors.is_empty() { Ok(planned) } else { Err(OperationError::Invalid(errors)) }
}

impl Known {
    fn of(listing: &Listing) -> Self {
        let mut known = Self {
            subjects_of_nicknames: HashMap::new(),
            nicknames_of_subjects: HashMap::new(),
            serial_numbers: HashMap::new(),
            nickname_holders: HashMap::new(),
            planned: HashMap::new(),
        };
        for one in &listing.certificates {
            if let Some(nickname) = &one.nickname {
                known.note_nickname(nickname, &one.subject, &one.fingerprint_sha256);
            }
            known
                .serial_numbers
                .insert((one.issuer.clone(), one.serial_number.clone()), (one.fingerprint_sha256.clone(), one.nickname.clone()));
        }
        known
    }

    fn note_nickname(&mut self, nickname: &str, subject: &[u8], fingerprint: &str) {
        self.subjects_of_nicknames.entry(nickname.to_owned()).or_insert_with(|| subject.to_vec());
        self.nicknames_of_subjects.entry(subject.to_vec()).or_insert_with(|| nickname.to_owned());
        self.nickname_holders.entry(nickname.to_owned()).or_insert_with(|| fingerprint.to_owned());
    }

    fn one(&mut self, listing: &Listing, item: &ImportItem, trust: Option<TrustFlags>) -> Planned {
        let der = &item.der.0;
        let fingerprint_sha256 = fingerprint::sha256_hex(der);
        let flags = trust.unwrap_or_default();
        let answer = |subject: String, nickname: String, trust: TrustFlags, key_here: bool, disposition: Disposition| Planned {
            outcome: ImportOutcome {
                fingerprint_sha256: fingerprint_sha256.clone(),
                subject,
                nickname,
                trust: trust.stored().with_user(key_here).to_string(),
                private_key_here: key_here,
                disposition,
            },
            der: der.clone(),
            trust: None,
        };
        let asked = item.nickname.clone().unwrap_or_default();
        let (view, names) = match (parse::certificate(der), parse::raw_names(der)) {
            (Ok(view), Ok(names)) => (view, names),
            (Err(error), _) | (_, Err(error)) => {
                return answer(String::new(), asked, flags, false, Disposition::Unreadable { reason: error.to_string() });
            }
        };
        let subject_text = view.subject.to_string();
        let key_here = view.public_key.nss_key_id.as_deref().is_some_and(|id| listing.key(id).is_some());
        if let Some(there) = listing.certificate(&fingerprint_sha256) {
            let nickname = there.nickname.clone();
            return answer(subject_text, nickname.clone().unwrap_or_default(), there.trust, key_here, Disposition::Present { nickname });
        }
        if let Some(nickname) = self.planned.get(&fingerprint_sha256) {
            return answer(subject_text, nickname.clone(), flags, key_here, Disposition::Repeated);
        }
        let serial = (names.issuer.to_vec(), names.serial_number.to_vec());
        if let Some((other_fingerprint_sha256, other_nickname)) = self.serial_numbers.get(&serial).cloned() {
            let disposition = Disposition::SerialNumberReused { other_fingerprint_sha256, other_nickname };
            return answer(subject_text, asked, flags, key_here, disposition);
        }
        let settled = self.nicknames_of_subjects.get(names.subject).cloned();
        let (nickname, disposition) = match (item.nickname.clone(), settled) {
            (None, Some(settled)) => (settled, Disposition::New),
            (None, None) => (nickname::propose(&view, names.subject, &self.subjects_of_nicknames), Disposition::New),
            (Some(asked), Some(settled)) if asked == settled => (asked, Disposition::New),
            (Some(_), Some(settled)) => (settled.clone(), Disposition::SubjectHasNickname { nickname: settled }),
            (Some(asked), None) => match self.nickname_holders.get(&asked).cloned() {
                Some(other_fingerprint_sha256) => (asked, Disposition::NicknameTaken { other_fingerprint_sha256 }),
                None => (asked, Disposition::New),
            },
        };
        if disposition.is_written() {
            self.note_nickname(&nickname, names.subject, &fingerprint_sha256);
            self.serial_numbers.insert(serial, (fingerprint_sha256.clone(), Some(nickname.clone())));
            self.planned.insert(fingerprint_sha256.clone(), nickname.clone());
        }
        let mut planned = answer(subject_text, nickname, flags, key_here, disposition);
        planned.trust = trust;
        planned
    }
}
