//! Whether a revocation list or an OCSP answer says that a certificate is revoked, and whether what it says counts: by OpenSSL.

use certdeck_shared::api::validation::RevocationStatus;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::revocation_list::{self, ReadList};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::ocsp::{OcspCertId, OcspCertStatus, OcspFlag, OcspRequest, OcspResponse, OcspResponseStatus, OcspRevokedStatus};
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{CrlStatus, ReasonCode, X509, X509Crl};
use time::OffsetDateTime;

use super::{Material, Opinion};

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What came of it.
    pub status: RevocationStatus,
    /// In words.
    pub detail: String,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
    /// When the next answer is due.
    pub next_update: Option<OffsetDateTime>,
}

impl Outcome {
    fn unusable(detail: impl Into<String>) -> Self {
        Self { status: RevocationStatus::Unusable, detail: detail.into(), revoked_at: None, next_update: None }
    }
}

/// Judges a revocation list, DER or PEM, about a certificate and its issuer, both DER.
#[must_use]
pub fn list(certificate: &[u8], issuer: &[u8], list: &[u8], now: OffsetDateTime) -> Outcome {
    let judge = || -> Result<Outcome, ErrorStack> {
        let (certificate, issuer) = (X509::from_der(certificate)?, X509::from_der(issuer)?);
        let Ok(list) = X509Crl::from_der(list).or_else(|_| X509Crl::from_pem(list)) else {
            return Ok(Outcome::unusable("What came is no revocation list."));
        };
        if list.issuer_name().try_cmp(issuer.subject_name())? != std::cmp::Ordering::Equal {
            return Ok(Outcome::unusable("The revocation list is another CA's, and indirect lists are not read."));
        }
        if !list.verify(&*issuer.public_key()?)? {
            return Ok(Outcome::unusable("The signature of the revocation list is not the issuer's."));
        }
        let next_update = list.next_update().and_then(instant);
        let unusable = |detail: &str| Outcome { next_update, ..Outcome::unusable(detail) };
        if instant(list.last_update()).is_none_or(|begin| begin > now + time::Duration::hours(1)) {
            return Ok(unusable("The revocation list is of a time to come."));
        }
        if next_update.is_some_and(|end| end < now) {
            return Ok(unusable("The revocation list is out of date; the CA has not published the next one."));
        }
        Ok(match list.get_by_cert(&certificate) {
            CrlStatus::Revoked(entry) => {
                let reason = entry.extension::<ReasonCode>().ok().flatten().and_then(|(_, code)| code.get_i64().ok());
                Outcome {
                    status: RevocationStatus::Revoked,
                    detail: format!("It is on the list: {}.", reason_of(reason)),
                    revoked_at: instant(entry.revocation_date()),
                    next_update,
                }
            }
            CrlStatus::NotRevoked | CrlStatus::RemoveFromCrl(_) => {
                Outcome { status: RevocationStatus::Good, detail: "It is not on the list.".to_owned(), revoked_at: None, next_update }
            }
        })
    };
    judge().unwrap_or_else(|error| Outcome::unusable(format!("It cannot be judged: {error}.")))
}

/// What `openssl verify -crl_check` says of the elements of a chain, leaf first, whose issuers have lists; nothing when nothing is wrong.
#[must_use]
pub fn of_chain(chain: &[X509], material: &Material<'_>) -> Option<Opinion> {
    let lists: Vec<(ReadList, X509Crl)> =
        material.lists.iter().filter_map(|der| Some((revocation_list::read(der).ok()?, X509Crl::from_der(der).ok()?))).collect();
    chain.iter().enumerate().find_map(|(place, subject)| {
        // The last one is trusted as it is; only a certificate without any above is looked up in its own list.
        let issuer = if chain.len() == 1 { subject } else { chain.get(place + 1)? };
        let error = check(subject, issuer, &lists, material.at).ok().flatten()?;
        Some(Opinion::refused(error.0.to_owned(), error.1.to_owned(), subject.to_der().ok()))
    })
}

/// OpenSSL's number and words (`X509_V_ERR_…`) for what is wrong with the list of an issuer, or that it revokes the certificate.
fn check(
    subject: &X509,
    issuer: &X509,
    lists: &[(ReadList, X509Crl)],
    at: i64,
) -> Result<Option<(&'static str, &'static str)>, ErrorStack> {
    let name = issuer.subject_name().to_der()?;
    // Lists of changes and of a part of the certificates need others beside them, or another scope.
    let is_whole = |list: &ReadList| !list.critical_extensions.iter().any(|kind| matches!(kind.as_ref(), "2.5.29.27" | "2.5.29.28"));
    let of_issuer = lists.iter().filter(|(read, _)| read.issuer_der == name && is_whole(read));
    let is_current =
        |read: &ReadList| read.this_update.unix_timestamp() <= at && read.next_update.is_none_or(|next| next.unix_timestamp() >= at);
    // One that is in date first, then the newest.
    let Some((read, list)) = of_issuer.max_by_key(|(read, _)| (is_current(read), read.this_update)) else { return Ok(None) };
    let may_sign = parse::certificate(&issuer.to_der()?)
        .ok()
        .and_then(|view| view.key_usage)
        .is_none_or(|usages| usages.iter().any(|usage| usage == "cRLSign"));
    // Of critical extensions OpenSSL knows the key identifier of the list and the issuer of an entry, and those of lists that are not whole.
    let is_unknown = read.critical_extensions.iter().any(|kind| kind != "2.5.29.35")
        || read.critical_entry_extensions.iter().any(|kind| kind != "2.5.29.29");
    Ok(if !may_sign {
        Some(("35", "key usage does not include CRL signing"))
    } else if read.this_update.unix_timestamp() > at {
        Some(("11", "CRL is not yet valid"))
    } else if !is_current(read) {
        Some(("12", "CRL has expired"))
    } else if !issuer.public_key().and_then(|key| list.verify(&key)).unwrap_or(false) {
        Some(("8", "CRL signature failure"))
    } else if is_unknown {
        Some(("36", "unhandled critical CRL extension"))
    } else if matches!(list.get_by_cert(subject), CrlStatus::Revoked(_)) {
        Some(("23", "certificate revoked"))
    } else {
        None
    })
}

/// The OCSP request about a certificate, DER; nothing when it cannot be built.
#[must_use]
pub fn question(certificate: &[u8], issuer: &[u8]) -> Option<Vec<u8>> {
    let build = || -> Result<Vec<u8>, ErrorStack> {
        let mut request = OcspRequest::new()?;
        request.add_id(identifier(certificate, issuer)?)?;
        request.to_der()
    };
    build().ok()
}

fn identifier(certificate: &[u8], issuer: &[u8]) -> Result<OcspCertId, ErrorStack> {
    // SHA-1, because responders know no other (RFC 5019 section 2.1.1); it only names the issuer.
    OcspCertId::from_cert(MessageDigest::sha1(), &*X509::from_der(certificate)?, &*X509::from_der(issuer)?)
}

/// Judges an OCSP answer, DER.
#[must_use]
pub fn answer(certificate: &[u8], issuer: &[u8], answer: &[u8]) -> Outcome {
    let judge = || -> Result<Outcome, ErrorStack> {
        let Ok(response) = OcspResponse::from_der(answer) else {
            return Ok(Outcome::unusable("What came is no OCSP answer."));
        };
        if response.status() != OcspResponseStatus::SUCCESSFUL {
            return Ok(Outcome::unusable(format!("The responder refuses: {}.", refusal(response.status()))));
        }
        let basic = response.basic()?;
        let authority = X509::from_der(issuer)?;
        let mut store = X509StoreBuilder::new()?;
        store.add_cert(authority.clone())?;
        store.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
        let mut others = Stack::new()?;
        others.push(authority)?;
        if basic.verify(&others, &store.build(), OcspFlag::empty()).is_err() {
            return Ok(Outcome::unusable("The answer is signed neither by the issuer nor by a responder of its making."));
        }
        let Some(found) = basic.find_status(&*identifier(certificate, issuer)?) else {
            return Ok(Outcome::unusable("The answer is about other certificates."));
        };
        let next_update = found.next_update().and_then(|time| instant_of_text(&time.to_string()));
        // By the clock of the host, which OpenSSL reads itself; five minutes for clocks that differ.
        if found.check_validity(300, None).is_err() {
            return Ok(Outcome { next_update, ..Outcome::unusable("The answer is out of date.") });
        }
        let (status, detail) = match found.status {
            OcspCertStatus::GOOD => (RevocationStatus::Good, "The responder says that it is not revoked.".to_owned()),
            OcspCertStatus::REVOKED => {
                (RevocationStatus::Revoked, format!("The responder says that it is revoked: {}.", reason_of(reason_code(found.reason))))
            }
            _ => (RevocationStatus::Unknown, "The responder does not know this certificate.".to_owned()),
        };
        let revoked_at = found.revocation_time.and_then(|time| instant_of_text(&time.to_string()));
        Ok(Outcome { status, detail, revoked_at, next_update })
    };
    judge().unwrap_or_else(|error| Outcome::unusable(format!("It cannot be judged: {error}.")))
}

fn reason_code(reason: OcspRevokedStatus) -> Option<i64> {
    (reason != OcspRevokedStatus::NO_STATUS).then(|| i64::from(reason.as_raw()))
}

/// CRLReason (RFC 5280 section 5.3.1).
fn reason_of(code: Option<i64>) -> &'static str {
    match code {
        Some(1) => "its key was compromised",
        Some(2) => "the CA was compromised",
        Some(3) => "its owner's affiliation changed",
        Some(4) => "it was superseded",
        Some(5) => "it is no longer needed",
        Some(6) => "it is on hold",
        Some(8) => "it was removed from the list",
        Some(9) => "a privilege was withdrawn",
        Some(10) => "the attribute authority was compromised",
        _ => "no reason is given",
    }
}

fn refusal(status: OcspResponseStatus) -> &'static str {
    match status {
        OcspResponseStatus::MALFORMED_REQUEST => "it does not understand the question",
        OcspResponseStatus::INTERNAL_ERROR => "it has a fault",
        OcspResponseStatus::TRY_LATER => "it is busy",
        OcspResponseStatus::SIG_REQUIRED => "it wants signed questions",
        OcspResponseStatus::UNAUTHORIZED => "it does not answer for this CA",
        _ => "without a known reason",
    }
}

fn instant(time: &Asn1TimeRef) -> Option<OffsetDateTime> {
    let difference = Asn1Time::from_unix(0).ok()?.diff(time).ok()?;
    let seconds = i64::from(difference.days) * 86_400 + i64::from(difference.secs);
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

/// From the text that OpenSSL prints: `Nov 21 12:00:00 2026 GMT`. The crate has no other way to a GeneralizedTime.
fn instant_of_text(text: &str) -> Option<OffsetDateTime> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [month, day, clock, year, ..] = words[..] else { return None };
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = u8::try_from(MONTHS.iter().position(|name| *name == month)? + 1).ok()?;
    let date = time::Date::from_calendar_date(year.parse().ok()?, time::Month::try_from(month).ok()?, day.parse().ok()?).ok()?;
    let mut parts = clock.split(['.', ':']).map(|part| part.parse::<u8>().ok());
    let time = time::Time::from_hms(parts.next()??, parts.next()??, parts.next()??).ok()?;
    Some(date.with_time(time).assume_utc())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn times_that_openssl_prints_are_read() {
        assert_eq!(instant_of_text("Nov  1 12:03:04 2026 GMT"), Some(datetime!(2026-11-01 12:03:04 UTC)));
        assert_eq!(instant_of_text("Bad time value"), None);
        assert_eq!(instant(&Asn1Time::from_unix(1_780_272_000).unwrap()), Some(datetime!(2026-06-01 00:00 UTC)));
    }
}
