//! Importing certificates: first what will happen, then it happens; all of it or nothing.

mod nickname;
mod plan;

use std::ops::ControlFlow;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::{Disposition, Import, ImportItem, ImportOutcome, ImportReport};
use certdeck_shared::api::module::Token;
use certdeck_shared::api::problem::{FieldError, ProblemCode};
use certdeck_shared::detect;
use certdeck_shared::glass::{Action, CertificateFile};
use serde_json::json;

use super::databases::{Done, Operation, OperationError};
use crate::nss::listing::Listing;
use crate::token::{Advance, CertificateToImport, TokenError};
pub use plan::{Planned, plan};

/// Most certificates of one import.
pub const MOST: usize = 10_000;

/// Reads the certificates out of a file as it is: PEM with text around it, DER, PKCS#7, bare base64.
///
/// # Errors
/// `Unreadable`, with what was found instead.
pub fn from_file(bytes: &[u8]) -> Result<Import, OperationError> {
    let found = detect::read(bytes);
    if found.certificates.is_empty() {
        return Err(OperationError::Unreadable(instead(&found)));
    }
    let item = |found: detect::Found| ImportItem { der: Base64(found.der), nickname: None, trust: None };
    Ok(Import { certificates: found.certificates.into_iter().map(item).collect() })
}

/// Says what is in a file that has no certificate.
pub(crate) fn instead(found: &detect::Detected) -> String {
    let kind = if found.pkcs12 {
        "This is a PKCS#12 file, which holds a key and is protected by a password; import it as a file with keys."
    } else if found.jks {
        "This is a Java keystore; import it as a file with keys."
    } else if !found.keys.is_empty() {
        "There is a private key in it and no certificate; import it as a file with keys."
    } else if !found.requests.is_empty() {
        "There is a certification request in it and no certificate: the CA's answer is needed."
    } else if !found.crls.is_empty() {
        "There is a revocation list in it and no certificate; import it as a revocation list."
    } else {
        "There is no certificate in it. PEM, DER, PKCS#7 and base64 are read."
    };
    match found.problems.first() {
        Some(problem) => format!("{kind} {problem}"),
        None => kind.to_owned(),
    }
}

impl Operation {
    /// What an import would do. Nothing is written.
    ///
    /// # Errors
    /// Malformed nicknames and trust; refusals are part of the answer.
    pub async fn preview_import(&self, import: Import) -> Result<ImportReport, OperationError> {
        let listing = self.database.listing().await?;
        let revision = listing.revision.clone();
        let planned = super::databases::blocking(move || plan(&listing, &import)).await??;
        Ok(ImportReport { applied: false, certificates: planned.into_iter().map(|one| one.outcome).collect(), snapshot: None, revision })
    }

    /// Refuses what [`Operation::import`] would refuse, as far as can be told now.
    ///
    /// # Errors
    /// As [`Operation::import`].
    pub async fn check_import(&self, import: &Import) -> Result<(), OperationError> {
        drop(self.database.turn().await?);
        if self.import_for_token(import).await?.is_some() {
            return Ok(());
        }
        let (listing, import) = (self.database.listing().await?, import.clone());
        let planned = super::databases::blocking(move || plan(&listing, &import)).await??;
        refuse(&planned)?;
        let written = || planned.iter().filter(|one| one.outcome.disposition.is_written());
        if written().any(|one| one.trust.is_some()) {
            self.database.needs_unlocked().await?;
        }
        self.ask_before_adding(written().map(|one| (one.der.as_slice(), one.trust))).await
    }

    /// Imports. `on_progress` is told how far it is, and may break it off.
    ///
    /// # Errors
    /// `ImportRefused` when any item is refused; nothing is written then.
    pub async fn import(
        &self,
        import: Import,
        on_progress: impl FnMut(Advance) -> ControlFlow<()> + Send + 'static,
    ) -> Result<ImportReport, OperationError> {
        let subject = format!("{} certificates", import.certificates.len());
        let result = self.import_in_turn(import, on_progress).await;
        let operation = match &result {
            Ok(done) => self.clone().standing_for(imported(&done.answer)).await,
            Err(_) => self.clone(),
        };
        operation.conclude("certificate.import", Some(&subject), result).await
    }

    async fn import_in_turn(
        &self,
        import: Import,
        on_progress: impl FnMut(Advance) -> ControlFlow<()> + Send + 'static,
    ) -> Result<Done<ImportReport>, OperationError> {
        let _turn = self.database.turn().await?;
        if let Some((token, import)) = self.import_for_token(&import).await? {
            return self.import_one_on_token(&token, import).await;
        }
        let listing = self.database.listing().await?;
        let revision = listing.revision.clone();
        let planned = super::databases::blocking(move || plan(&listing, &import)).await??;
        refuse(&planned)?;
        let writes: Vec<CertificateToImport> = planned
            .iter()
            .filter(|one| one.outcome.disposition.is_written())
            .map(|one| CertificateToImport { der: one.der.clone(), nickname: one.outcome.nickname.clone(), trust: one.trust })
            .collect();
        let outcomes: Vec<ImportOutcome> = planned.into_iter().map(|one| one.outcome).collect();
        if writes.is_empty() {
            let answer = ImportReport { applied: true, certificates: outcomes, snapshot: None, revision };
            return Ok(Done { answer, before: None, after: Some(json!({"added": []})) });
        }
        if writes.iter().any(|one| one.trust.is_some()) {
            self.database.needs_unlocked().await?;
        }
        self.ask_before_adding(writes.iter().map(|one| (one.der.as_slice(), one.trust))).await?;
        let snapshot = self.snapshot(&reason(&writes)).await?;
        let imported = self.database.token.import(writes.clone(), on_progress).await;
        self.take_back_import(&imported, &writes).await;
        match imported {
            Ok(_) => {}
            Err(TokenError::Cancelled) => return Err(OperationError::Cancelled),
            Err(error) => return Err(error.into()),
        }
        let revision = self.changed()?;
        let added: Vec<_> = outcomes
            .iter()
            .filter(|outcome| outcome.disposition.is_written())
            .take(100)
            .map(|outcome| json!({"fingerprint_sha256": outcome.fingerprint_sha256, "nickname": outcome.nickname, "trust": outcome.trust}))
            .collect();
        let answer = ImportReport { applied: true, certificates: outcomes, snapshot, revision };
        Ok(Done { answer, before: None, after: Some(json!({"added": added})) })
    }
}

impl Operation {
    /// A certificate whose nickname names a token goes there; its trust is kept in the database.
    async fn import_one_on_token(&self, token: &Token, import: Import) -> Result<Done<ImportReport>, OperationError> {
        // Against no listing: what is in the database is not what is on the token, which refuses by itself what it must.
        let planned = plan(&Listing::default(), &import)?;
        refuse(&planned)?;
        for one in &planned {
            self.import_on_token(token, one).await?;
        }
        let certificates: Vec<ImportOutcome> = planned
            .into_iter()
            .map(|one| ImportOutcome { nickname: format!("{}:{}", token.label, one.outcome.nickname), ..one.outcome })
            .collect();
        let added: Vec<_> =
            certificates.iter().map(|one| json!({"fingerprint_sha256": one.fingerprint_sha256, "nickname": one.nickname})).collect();
        let answer = ImportReport { applied: true, certificates, snapshot: None, revision: self.database.revision()? };
        Ok(Done { answer, before: None, after: Some(json!({"added": added})) })
    }
}

/// What was added, for the command lines: the files are numbered, because nobody knows their names.
fn imported(report: &ImportReport) -> Action {
    let added = report.certificates.iter().filter(|one| one.disposition.is_written());
    let file = |(number, one): (usize, &ImportOutcome)| CertificateFile {
        file: format!("{number}.pem"),
        nickname: one.nickname.clone(),
        trust: Some(one.trust.clone()),
    };
    Action::ImportCertificates { files: (1..).zip(added).map(file).collect() }
}

fn reason(writes: &[CertificateToImport]) -> String {
    match writes {
        [one] => format!("import of {}", one.nickname),
        several => format!("import of {} certificates", several.len()),
    }
}

pub(crate) fn refuse(planned: &[Planned]) -> Result<(), OperationError> {
    let mut first = None;
    let mut errors = Vec::new();
    for (place, one) in planned.iter().enumerate() {
        let (code, field, message) = match &one.outcome.disposition {
            Disposition::SerialNumberReused { other_nickname, .. } => (
                ProblemCode::SerialNumberReused,
                "der",
                format!(
                    "Another certificate of this issuer has this serial number ({}). Delete it first.",
                    other_nickname.as_deref().unwrap_or("without nickname")
                ),
            ),
            Disposition::NicknameTaken { .. } => (
                ProblemCode::NicknameTaken,
                "nickname",
                format!("Another subject has the nickname {:?}. Choose another.", one.outcome.nickname),
            ),
            Disposition::Unreadable { reason } => (ProblemCode::Unreadable, "der", format!("Not a certificate: {reason}.")),
            Disposition::New | Disposition::Present { .. } | Disposition::Repeated | Disposition::SubjectHasNickname { .. } => continue,
        };
        first = first.or(Some(code));
        errors.push(FieldError { pointer: format!("/certificates/{place}/{field}"), message });
    }
    match first {
        Some(code) => Err(OperationError::ImportRefused { code, errors }),
        None => Ok(()),
    }
}
