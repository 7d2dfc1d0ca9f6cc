//! Certificates from a CA of the database: for a form with a key here, or for somebody's request.

use certdeck_shared::api::issue::{IssuancePreview, IssuedCertificate, IssuedRecord, NewIssued, SigningPolicy, Validity};
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::detect;
use certdeck_shared::issue::{self, Content, Draft, Judgement, Length, Period};
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::x509::parse;

use super::authority::{self, Authority};
use super::install::{self, Kept, Signed};
use super::key;
use super::self_signed::facts;
use crate::domain::databases::{Done, Operation, OperationError};
use crate::domain::requests;

/// What an issuance answers: what would be, or what is.
#[derive(Debug, Clone)]
pub enum Issuance {
    /// Nothing was signed.
    Preview(Box<IssuancePreview>),
    /// The certificate.
    Issued(Box<IssuedCertificate>),
}

impl Operation {
    /// What this console issued from CAs of the database, the newest first.
    ///
    /// # Errors
    /// When state or database cannot be read.
    pub async fn issued(&self) -> Result<Vec<IssuedRecord>, OperationError> {
        let listing = self.database.listing().await?;
        let records = self.environment.store.issued().list(&self.database.id).await?;
        let described = records.into_iter().filter_map(|record| {
            let view = parse::certificate(&record.der).ok()?;
            Some(IssuedRecord {
                subject: view.subject.to_string(),
                issuer: view.issuer.to_string(),
                serial_number: record.serial_number,
                not_after: view.not_after,
                in_database: listing.certificate(&record.fingerprint_sha256).is_some(),
                fingerprint_sha256: record.fingerprint_sha256,
                pem: install::pem(&record.der),
                created_by: record.created_by,
                created_at: record.created_at,
            })
        });
        Ok(described.collect())
    }

    /// Issues a certificate from a CA of the database, or tells what it would say.
    ///
    /// # Errors
    /// `Invalid` field by field, `IssuerUnfit`, `RequestRefused`; nothing was made then.
    pub async fn issue(&self, new: NewIssued, preview: bool) -> Result<Issuance, OperationError> {
        if preview {
            return self.issue_in_turn(new, true).await.map(|done| done.answer);
        }
        let result = self.issue_in_turn(new, false).await;
        self.conclude("certificate.issue", None, result).await
    }

    async fn issue_in_turn(&self, new: NewIssued, preview: bool) -> Result<Done<Issuance>, OperationError> {
        let _turn = self.database.turn().await?;
        match new {
            form @ NewIssued::Form { .. } => self.issue_from_form(form, preview).await,
            request @ NewIssued::Request { .. } => self.issue_from_request(request, preview).await,
        }
    }

    async fn issue_from_form(&self, new: NewIssued, preview: bool) -> Result<Done<Issuance>, OperationError> {
        let NewIssued::Form { issuer, nickname, form, addresses, key, validity, serial_number, trust } = new else {
            return Err(OperationError::BrokeOff);
        };
        let reach = self.reach_with_key(&issuer, &[&nickname]).await?;
        let authority = Authority::in_body(self, &reach, &issuer)?;
        let (place, nickname) = self.place_of_nickname(&nickname).await?;
        let key_algorithm = self.check_key(&reach, &place, &key).await?;
        let mut content = issue::content(&form, &addresses, key_algorithm).map_err(OperationError::Invalid)?;
        let period = self.period_below(&authority, &mut content, &validity)?;
        let mut notes = issue::notes(&content, period);
        notes.extend(key::note(key_algorithm));
        let nickname = install::nickname(reach.of(&place), &content.subject, &nickname, &mut notes)?;
        let trust = install::trust_or(trust.as_deref(), ",,")?;
        let serial_number = self.serial_number(reach.all(), &authority.issuer.subject, serial_number.as_deref()).await?;
        if preview {
            return Ok(previewed(&content, period, Vec::new(), notes));
        }
        authority.place.needs_unlocked().await?;
        self.needs_room_for(&place, trust).await?;
        let snapshot = self.snapshot_of(&place, &format!("the certificate {nickname}")).await?;
        let key = self.chosen_key(&place, &key, &nickname).await?;
        let sign = async {
            refuse_own_key(&authority, &key.subject_public_key_info, "/key")?;
            let draft = Draft {
                serial_number: &serial_number,
                period,
                subject_public_key_info: &key.subject_public_key_info,
                signature_algorithm: authority.issuer.signature_algorithm,
                issuer: Some(&authority.issuer.subject),
                issuer_key_identifier: authority.issuer.view.subject_key_identifier.as_deref(),
            };
            let der = authority.sign(&draft.to_be_signed(&content)).await?;
            let kept = Some(Kept { place, nickname, trust });
            let signed = Signed { der, kept, decisions: Vec::new(), notes, snapshot };
            self.install(signed, Some(&authority)).await
        };
        let installed = self.or_without(&key, sign.await).await?;
        let issued = self.describe(installed, Some(&authority)).await?;
        Ok(Done { after: Some(facts(&issued)), before: None, answer: Issuance::Issued(Box::new(issued)) })
    }

    async fn issue_from_request(&self, new: NewIssued, preview: bool) -> Result<Done<Issuance>, OperationError> {
        let NewIssued::Request { issuer, request, policy, validity, serial_number, nickname } = new else {
            return Err(OperationError::BrokeOff);
        };
        let reach = self.reach_with_key(&issuer, nickname.as_deref().as_slice()).await?;
        let authority = Authority::in_body(self, &reach, &issuer)?;
        let Judgement { mut content, subject_public_key_info, decisions } = judged(&request, &policy)?;
        refuse_own_key(&authority, &subject_public_key_info, "/request")?;
        let period = self.period_below(&authority, &mut content, &validity)?;
        let mut notes = issue::notes(&content, period);
        let kept = match nickname {
            Some(nickname) => {
                let (place, nickname) = self.place_of_nickname(&nickname).await?;
                let nickname = install::nickname(reach.of(&place), &content.subject, &nickname, &mut notes)?;
                Some(Kept { place, nickname, trust: None })
            }
            None => None,
        };
        let serial_number = self.serial_number(reach.all(), &authority.issuer.subject, serial_number.as_deref()).await?;
        if preview {
            return Ok(previewed(&content, period, decisions, notes));
        }
        authority.place.needs_unlocked().await?;
        let snapshot = match &kept {
            Some(Kept { place, nickname, .. }) => self.snapshot_of(place, &format!("the certificate {nickname}")).await?,
            None => None,
        };
        let draft = Draft {
            serial_number: &serial_number,
            period,
            subject_public_key_info: &subject_public_key_info,
            signature_algorithm: authority.issuer.signature_algorithm,
            issuer: Some(&authority.issuer.subject),
            issuer_key_identifier: authority.issuer.view.subject_key_identifier.as_deref(),
        };
        let der = authority.sign(&draft.to_be_signed(&content)).await?;
        let installed = self.install(Signed { der, kept, decisions, notes, snapshot }, Some(&authority)).await?;
        let issued = self.describe(installed, Some(&authority)).await?;
        Ok(Done { after: Some(facts(&issued)), before: None, answer: Issuance::Issued(Box::new(issued)) })
    }

    /// The period of a certificate below a CA; its path length is what the CA has left.
    fn period_below(&self, authority: &Authority, content: &mut Content, validity: &Validity) -> Result<Period, OperationError> {
        if content.subject == authority.issuer.subject {
            let message = "The subject is the issuer's own; a CA has one name, and what it issues have others.";
            return Err(OperationError::invalid("/form/subject", message));
        }
        if content.is_authority {
            content.path_length = authority.issuer.path_length_below(content.path_length).map_err(authority::unfit)?;
        }
        let usual = Length::Months(issue::usual_months(content, true));
        let period = issue::period(validity, self.environment.clock.now(), usual).map_err(OperationError::Invalid)?;
        authority.within(period, validity.months.is_some() || validity.days.is_some() || validity.not_after.is_some())
    }
}

/// Finds the request in what was sent, applies the policy, and verifies that its author has the key.
fn judged(text: &str, policy: &SigningPolicy) -> Result<Judgement, OperationError> {
    let found = detect::read(text.as_bytes());
    let request = match found.requests.as_slice() {
        [one] => &one.der,
        [] => return Err(OperationError::Unreadable("There is no certification request (PKCS#10) in what was sent.".to_owned())),
        _ => return Err(OperationError::Unreadable("There are several requests in what was sent; send one.".to_owned())),
    };
    let judgement = issue::judge(request, policy).map_err(OperationError::RequestRefused)?;
    match requests::verify(request) {
        Ok(()) => Ok(judgement),
        Err(reason) => Err(refused("/request", format!("Its author did not prove to have the key: {reason}. Ask for another request."))),
    }
}

fn refuse_own_key(authority: &Authority, subject_public_key_info: &[u8], pointer: &str) -> Result<(), OperationError> {
    if authority.issuer.subject_public_key_info == subject_public_key_info {
        return Err(refused(pointer, "The key is the issuer's own; what it issues has another.".to_owned()));
    }
    Ok(())
}

fn refused(pointer: &str, message: String) -> OperationError {
    OperationError::RequestRefused(vec![FieldError { pointer: pointer.to_owned(), message }])
}

fn previewed(
    content: &Content,
    period: Period,
    decisions: Vec<certdeck_shared::api::issue::Decision>,
    notes: Vec<String>,
) -> Done<Issuance> {
    let subject = DistinguishedName::from_der(&content.subject).unwrap_or_default().to_string();
    let preview = IssuancePreview { subject, not_before: period.not_before, not_after: period.not_after, decisions, notes };
    Done { answer: Issuance::Preview(Box::new(preview)), before: None, after: None }
}
