//! Validation: what NSS would say, computed without NSS; what OpenSSL and the web's rules say beside it; what changes would do.

mod asking;
mod lists;
mod material;
mod prepared;
mod question;
mod revocation;
mod simulate;

use certdeck_shared::api::validation::{
    BadSignature, CertificateVerdicts, DatabaseValidation, ElementReason, OtherVerdict, RevocationSources, UsageRefusal, UsageVerdict,
    Validation, Verifier,
};
use certdeck_shared::validation::{Findings, Reason, SignatureFact, Signatures, Signed, Store, Times, Usage};
use certdeck_shared::x509::view::CertificateView;
use certdeck_shared::x509::{lint, parse};
use time::OffsetDateTime;

use super::databases::{Operation, OperationError, blocking};
use super::inventory;
use crate::nss::listing::ListedCertificate;
use crate::verifiers::differences::{self, Other};
use crate::verifiers::{Opinion, Purpose, openssl, web};
pub use prepared::{Added, Preparation, Prepared};
pub use question::Question;

/// Most pairs of certificates whose signatures are verified to tell the page which are bad.
const MOST_PAIRS: usize = 50_000;

impl Operation {
    /// Everything that is to be said of one certificate.
    ///
    /// # Errors
    /// `NotFound`; a time or usage that is none; `Unreadable` when the certificate itself does not parse.
    pub async fn validate(&self, fingerprint: &str, question: Question) -> Result<Validation, OperationError> {
        let now = self.environment.clock.now();
        let (at, usages) = (question.at(now)?, question.usages()?);
        let (prepared, address) = self.prepared_with(fingerprint).await?;
        blocking(move || one(&prepared, &address, &usages, at, now, question.name)).await?
    }

    /// NSS's verdicts for all certificates.
    ///
    /// # Errors
    /// A time or usage that is none; a database that cannot be read.
    pub async fn validate_all(&self, question: Question) -> Result<DatabaseValidation, OperationError> {
        let now = self.environment.clock.now();
        let (at, usages) = (question.at(now)?, question.usages()?);
        let prepared = self.prepared().await?;
        blocking(move || {
            let signatures = |signed: Signed, issuer: usize| prepared.own_fact(signed, issuer);
            let times = question::times(at, now);
            let places = 0..prepared.listing.certificates.len();
            let certificates = places
                .zip(&prepared.listing.certificates)
                .map(|(place, listed)| {
                    let verdicts = verdicts(&prepared.store, place, &usages, times, &signatures);
                    CertificateVerdicts {
                        fingerprint_sha256: listed.fingerprint_sha256.clone(),
                        nickname: listed.nickname.clone(),
                        ..verdicts
                    }
                })
                .collect();
            DatabaseValidation {
                revision: prepared.listing.revision.clone(),
                at,
                certificates,
                bad_signatures: bad_signatures(&prepared),
                revocation_lists: lists::shortened(&prepared),
            }
        })
        .await
    }
}

fn one(
    prepared: &Prepared,
    address: &str,
    usages: &[Usage],
    at: OffsetDateTime,
    now: OffsetDateTime,
    name: Option<String>,
) -> Result<Validation, OperationError> {
    let listed = inventory::find(&prepared.listing, address)?;
    let place = prepared.listing.certificates.iter().position(|one| one.fingerprint_sha256 == address).unwrap_or_default();
    let view = parse::certificate(&listed.der)
        .map_err(|error| OperationError::Unreadable(format!("The certificate cannot be parsed, so nothing can be said of it: {error}.")))?;
    let signatures = |signed: Signed, issuer: usize| prepared.own_fact(signed, issuer);
    let times = question::times(at, now);
    let name = name.or_else(|| own_name(&view));
    let mut verdicts = Vec::new();
    let mut others = Vec::new();
    for &usage in usages {
        let findings = prepared.store.verify(place, usage, times, &signatures);
        if let Some(purpose) = Purpose::of(usage) {
            let material = material::of(prepared, place, usage, times.at);
            let mut hear = |verifier: Verifier, who: Other, opinion: Opinion, name: Option<String>| {
                let differs = differences::why(&findings, who, &opinion);
                let element = opinion.refusal.as_ref().and_then(|refusal| refusal.element.as_deref());
                others.push(OtherVerdict {
                    verifier,
                    usage,
                    valid: opinion.refusal.is_none(),
                    code: opinion.refusal.as_ref().map(|refusal| refusal.code.clone()),
                    detail: opinion.refusal.as_ref().map(|refusal| refusal.words.clone()),
                    element: element.map(certdeck_shared::x509::fingerprint::sha256_hex),
                    differs,
                    name,
                });
            };
            hear(Verifier::Openssl, Other::OpenSsl, openssl::opinion(&material, purpose), None);
            let asked = name.clone().filter(|_| purpose == Purpose::Server);
            if let Some(opinion) = web::opinion(&material, purpose, asked.as_deref()) {
                hear(Verifier::Web, Other::Web, opinion, asked);
            }
        }
        verdicts.push(verdict(prepared, usage, &findings));
    }
    Ok(Validation {
        fingerprint_sha256: listed.fingerprint_sha256.clone(),
        nickname: listed.nickname.clone(),
        at,
        usages: verdicts,
        others,
        lint: lint::findings(&view, at),
        revocation: RevocationSources { crl: view.crl_distribution_points, ocsp: view.ocsp },
    })
}

fn verdict(prepared: &Prepared, usage: Usage, findings: &Findings) -> UsageVerdict {
    let listed = |place: usize| prepared.listing.certificates.get(place);
    let address = |one: &ListedCertificate| one.fingerprint_sha256.clone();
    UsageVerdict {
        usage,
        letter: usage.letter(),
        words: usage.words().to_owned(),
        valid: findings.is_valid(),
        reasons: findings.by_depth().iter().map(|reason| element(prepared, reason)).collect(),
        chain: findings.path.iter().filter_map(|&place| listed(place)).map(address).collect(),
    }
}

fn element(prepared: &Prepared, reason: &Reason) -> ElementReason {
    let listed = prepared.listing.certificates.get(reason.place);
    ElementReason {
        fingerprint_sha256: listed.map(|one| one.fingerprint_sha256.clone()).unwrap_or_default(),
        nickname: listed.and_then(|one| one.nickname.clone()),
        depth: reason.depth,
        error: reason.error,
        text: reason.error.text().to_owned(),
        revocation: reason.revocation.map(|revocation| lists::told(prepared, &revocation)),
    }
}

/// The verdicts for one certificate in short, without its address.
fn verdicts(store: &Store, place: usize, usages: &[Usage], times: Times, signatures: &dyn Signatures) -> CertificateVerdicts {
    let (mut valid, mut refused) = (String::new(), Vec::new());
    for &usage in usages {
        match store.verify(place, usage, times, signatures).reasons.first() {
            None => valid.push(usage.letter()),
            Some(reason) => refused.push(UsageRefusal { usage, error: reason.error }),
        }
    }
    CertificateVerdicts { fingerprint_sha256: String::new(), nickname: None, valid, refused }
}

fn bad_signatures(prepared: &Prepared) -> Vec<BadSignature> {
    let address = |place: usize| prepared.listing.certificates.get(place).map(|one| one.fingerprint_sha256.clone()).unwrap_or_default();
    let lists = prepared.lists.iter().enumerate().flat_map(|(place, (_, list))| {
        let signers = prepared.store.possible_signers(place).iter();
        signers.map(move |&issuer| (Signed::List(place), list.fingerprint_sha256.clone(), issuer))
    });
    let certificates = (0..prepared.store.len()).flat_map(|place| {
        let issuers = prepared.store.possible_issuers(place).iter();
        issuers.map(move |&issuer| (Signed::Certificate(place), address(place), issuer))
    });
    lists
        .chain(certificates)
        .take(MOST_PAIRS)
        .filter(|(signed, _, issuer)| prepared.own_fact(*signed, *issuer) == SignatureFact::Bad)
        .map(|(_, subject, issuer)| BadSignature { subject, issuer: address(issuer) })
        .collect()
}

/// The name a client would most likely ask for: the first alternative name, with something for the star.
fn own_name(view: &CertificateView) -> Option<String> {
    use certdeck_shared::x509::view::GeneralNameView;
    let alternative = view.subject_alternative_names.iter().find_map(|name| match name {
        GeneralNameView::Dns(text) => Some(text.replacen('*', "www", 1)),
        GeneralNameView::Ip(text) => Some(text.clone()),
        _ => None,
    });
    alternative.or_else(|| view.subject.common_name().filter(|name| name.contains('.') && !name.contains(['@', ' '])).map(str::to_owned))
}
