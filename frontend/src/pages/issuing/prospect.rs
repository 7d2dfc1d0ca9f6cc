//! What will come of the draft, as far as the page can tell by itself: with the code that the server uses.

use certdeck_shared::api::problem::FieldError;
use certdeck_shared::issue::{self, Content, Length, Period, SerialNumber};
use certdeck_shared::trust::TrustFlags;
use time::OffsetDateTime;

use super::draft::{Draft, Kind, filled};

/// The prospect.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    /// What the certificate says; none for a request, whose author says it, and while something is wrong.
    pub content: Option<Content>,
    /// From when to when; none where the issuer's own end counts, too.
    pub period: Option<Period>,
    /// What its author should know.
    pub notes: Vec<String>,
    /// What is wrong, by its place in the body.
    pub faults: Vec<FieldError>,
    /// Whether anybody has begun to fill it in: nothing is wrong with an empty form.
    pub begun: bool,
}

impl Prospect {
    /// Of a draft whose key is of this algorithm (`RSA`, `EC`), now.
    pub fn of(draft: Draft, key_algorithm: &str, now: OffsetDateTime) -> Self {
        let kind = draft.kind.get();
        let mut faults = draft.duration.faults();
        faults.extend(typed_faults(draft));
        if kind == Kind::Request {
            let begun = draft.request.with(|text| !text.trim().is_empty());
            if !begun {
                faults.push(FieldError { pointer: "/request".to_owned(), message: "paste the request that is to be signed".to_owned() });
            }
            return Self { content: None, period: None, notes: Vec::new(), faults, begun };
        }
        let form = draft.form();
        let begun = !form.subject.trim().is_empty() || !form.subject_alternative_names.trim().is_empty();
        let content = issue::content(&form, &draft.addresses(), key_algorithm).map_err(|wrong| faults.extend(wrong)).ok();
        // Without a common name there is none to take for it.
        if content.is_some() && draft.name().is_empty() {
            faults.push(FieldError {
                pointer: "/nickname".to_owned(),
                message: "give a nickname: there is no common name to take for it".to_owned(),
            });
        }
        let alone = kind != Kind::Issued;
        let period = content.as_ref().filter(|_| alone).and_then(|content| {
            let usual = Length::Months(issue::usual_months(content, false));
            issue::period(&draft.duration.validity(), now, usual).map_err(|wrong| faults.extend(wrong)).ok()
        });
        let notes = match (&content, period) {
            (Some(content), Some(period)) => issue::notes(content, period),
            _ => Vec::new(),
        };
        Self { content, period, notes, faults, begun }
    }

    /// What is said against a member of the body.
    pub fn fault(&self, pointer: &str) -> Option<String> {
        let said =
            self.faults.iter().find(|fault| fault.pointer.starts_with(pointer)).filter(|_| self.begun || !pointer.starts_with("/form"));
        said.map(|fault| fault.message.clone())
    }
}

/// Numbers and letters that are none.
fn typed_faults(draft: Draft) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut wrong = |pointer: &str, message: String| faults.push(FieldError { pointer: pointer.to_owned(), message });
    if let Some(Err(error)) = filled(draft.serial).map(|text| SerialNumber::parse(&text)) {
        wrong("/serial_number", error.to_string());
    }
    if let Some(Err(error)) = filled(draft.trust).map(|text| TrustFlags::parse(&text))
        && draft.kind.get() != Kind::Request
    {
        wrong("/trust", error.to_string());
    }
    if draft.is_authority() && filled(draft.path_length).is_some_and(|text| text.parse::<u8>().is_err()) {
        wrong("/form/basic_constraints/path_length", "a number from 0 to 255: how many CAs may follow below this one".to_owned());
    }
    if draft.key_id().is_some_and(|id| id.is_empty()) && draft.kind.get() != Kind::Request {
        wrong("/key", "choose one of the keys that are here".to_owned());
    }
    faults
}
