//! Revocation, looked up where the certificate names it: only when somebody asks, only where the settings allow it.

use certdeck_shared::api::validation::{RevocationAnswer, RevocationMethod, RevocationQuestion, RevocationReport, RevocationStatus};
use certdeck_shared::validation::{SignatureFact, Signed};
use certdeck_shared::x509::parse;
use serde_json::json;

use super::Prepared;
use crate::domain::databases::{Done, Operation, OperationError, blocking};
use crate::domain::inventory;
use crate::host::fetch::{Ask, FetchError, fetch};
use crate::verifiers::revocation::{self, Outcome};

/// Largest revocation list, bytes.
const LARGEST_LIST: usize = 10 * 1024 * 1024;
/// Largest OCSP answer, bytes.
const LARGEST_ANSWER: usize = 64 * 1024;
/// Most addresses of each kind that are asked.
const MOST: usize = 4;

impl Operation {
    /// Looks up whether a certificate is revoked.
    ///
    /// # Errors
    /// `NotFound`; `Unreadable`; nothing asked for. What an address answers, or that it does not, is part of the report.
    pub async fn check_revocation(&self, fingerprint: &str, question: RevocationQuestion) -> Result<RevocationReport, OperationError> {
        let result = self.look_up(fingerprint, question).await;
        self.conclude("certificate.check-revocation", Some(fingerprint), result).await
    }

    async fn look_up(&self, fingerprint: &str, question: RevocationQuestion) -> Result<Done<RevocationReport>, OperationError> {
        if !question.crl && !question.ocsp {
            return Err(OperationError::invalid("/crl", "Ask for crl, ocsp or both."));
        }
        let (prepared, fingerprint) = self.prepared_with(fingerprint).await?;
        let listed = inventory::find(&prepared.listing, &fingerprint)?;
        let certificate = listed.der.clone();
        let view = parse::certificate(&certificate)
            .map_err(|error| OperationError::Unreadable(format!("The certificate cannot be parsed: {error}.")))?;
        let issuer = issuer(&prepared, &listed.fingerprint_sha256);
        let mut asked: Vec<(RevocationMethod, String)> = Vec::new();
        if question.ocsp {
            asked.extend(view.ocsp.into_iter().take(MOST).map(|address| (RevocationMethod::Ocsp, address)));
        }
        if question.crl {
            asked.extend(view.crl_distribution_points.into_iter().take(MOST).map(|address| (RevocationMethod::Crl, address)));
        }
        let mut answers = Vec::new();
        for (method, address) in asked {
            let outcome = match &issuer {
                Some(issuer) => self.ask(method, &address, &certificate, issuer).await?,
                None => unusable("The issuer is not in this database, so no answer could be verified; import it first."),
            };
            let Outcome { status, detail, revoked_at, next_update } = outcome;
            answers.push(RevocationAnswer { method, address, status, detail, revoked_at, next_update });
        }
        let report = RevocationReport { fingerprint_sha256: listed.fingerprint_sha256.clone(), at: self.environment.clock.now(), answers };
        let after = report.answers.iter().map(|answer| json!({"address": answer.address, "status": answer.status})).collect();
        Ok(Done { answer: report, before: None, after: Some(after) })
    }

    async fn ask(&self, method: RevocationMethod, address: &str, certificate: &[u8], issuer: &[u8]) -> Result<Outcome, OperationError> {
        let (ask, limit) = match method {
            RevocationMethod::Crl => (Ask::Get, LARGEST_LIST),
            RevocationMethod::Ocsp => match revocation::question(certificate, issuer) {
                Some(body) => (Ask::Post { content_type: "application/ocsp-request", body }, LARGEST_ANSWER),
                None => return Ok(unusable("No OCSP question can be made of this certificate and its issuer.")),
            },
        };
        let bytes = match fetch(address, ask, limit, &self.environment.settings.revocation_hosts).await {
            Ok(bytes) => bytes,
            Err(error) => {
                let status = match &error {
                    FetchError::Scheme | FetchError::NotAllowed { .. } | FetchError::Private { .. } => RevocationStatus::NotAllowed,
                    FetchError::Connection(_) | FetchError::TooSlow | FetchError::TooLarge { .. } | FetchError::Status(_) => {
                        RevocationStatus::Unreachable
                    }
                };
                return Ok(Outcome { status, detail: format!("Not fetched: {error}."), revoked_at: None, next_update: None });
            }
        };
        let (certificate, issuer, now) = (certificate.to_vec(), issuer.to_vec(), self.environment.clock.now());
        blocking(move || match method {
            RevocationMethod::Crl => revocation::list(&certificate, &issuer, &bytes, now),
            RevocationMethod::Ocsp => revocation::answer(&certificate, &issuer, &bytes),
        })
        .await
    }
}

fn unusable(detail: &str) -> Outcome {
    Outcome { status: RevocationStatus::Unusable, detail: detail.to_owned(), revoked_at: None, next_update: None }
}

/// The certificate that really signed it, DER; none for a root, which nobody revokes.
fn issuer(prepared: &Prepared, address: &str) -> Option<Vec<u8>> {
    let place = prepared.listing.certificates.iter().position(|one| one.fingerprint_sha256 == address)?;
    let mut issuers = prepared.store.possible_issuers(place).iter();
    let found = issuers.find(|&&issuer| prepared.own_fact(Signed::Certificate(place), issuer) == SignatureFact::Good)?;
    prepared.listing.certificates.get(*found).map(|one| one.der.clone())
}
