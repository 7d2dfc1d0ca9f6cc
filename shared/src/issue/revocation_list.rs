//! Revocation lists (RFC 5280 section 5), version 2, as they are to be signed.

use time::OffsetDateTime;

use super::extension::{self, id};
use super::serial_number::SerialNumber;
use super::validity::time;
use crate::api::revocation::RevocationReason;
use crate::request::SignatureAlgorithm;
use crate::x509::der::{self, tag};
use crate::x509::revocation_list::Revoked;

/// What a list to be signed says.
#[derive(Debug, Clone)]
pub struct RevocationListDraft<'a> {
    /// Issuer, a DER Name.
    pub issuer: &'a [u8],
    /// How the issuer signs.
    pub signature_algorithm: SignatureAlgorithm,
    /// Subject key identifier of the issuer's certificate, hex.
    pub issuer_key_identifier: Option<&'a str>,
    /// CRL number, one more than the last list's.
    pub number: u64,
    /// Now.
    pub this_update: OffsetDateTime,
    /// When the next one is due.
    pub next_update: OffsetDateTime,
    /// What is revoked.
    pub revoked: &'a [Revoked],
}

impl RevocationListDraft<'_> {
    /// The TBSCertList, DER.
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        let mut parts = vec![
            vec![tag::INTEGER, 1, 1],
            self.signature_algorithm.identifier(),
            self.issuer.to_vec(),
            time(self.this_update),
            time(self.next_update),
        ];
        // An empty list is left out altogether (section 5.1.2.6).
        if !self.revoked.is_empty() {
            let entries: Vec<Vec<u8>> = self.revoked.iter().map(entry).collect();
            parts.push(der::wrap(tag::SEQUENCE, &entries.concat()));
        }
        let mut extensions: Vec<Vec<u8>> = Vec::new();
        extensions.extend(self.issuer_key_identifier.and_then(extension::authority_key_identifier));
        extensions.push(extension::extension(id::CRL_NUMBER, false, &extension::unsigned(&self.number.to_be_bytes())));
        parts.push(der::wrap(0xa0, &der::wrap(tag::SEQUENCE, &extensions.concat())));
        der::wrap(tag::SEQUENCE, &parts.concat())
    }
}

fn entry(revoked: &Revoked) -> Vec<u8> {
    let serial = SerialNumber::from_hex(&revoked.serial_number).map(|serial| serial.to_der()).unwrap_or_default();
    let mut parts = vec![serial, time(revoked.revoked_at)];
    let mut extensions = Vec::new();
    // "Unspecified" is said by saying nothing (section 5.3.1).
    if revoked.reason != RevocationReason::Unspecified {
        extensions.push(extension::extension(id::REASON_CODE, false, &[0x0a, 1, revoked.reason.code()]));
    }
    if let Some(since) = revoked.invalidity_date {
        extensions.push(extension::extension(id::INVALIDITY_DATE, false, &generalized(since)));
    }
    if !extensions.is_empty() {
        parts.push(der::wrap(tag::SEQUENCE, &extensions.concat()));
    }
    der::wrap(tag::SEQUENCE, &parts.concat())
}

/// Always GeneralizedTime (section 5.3.2).
fn generalized(moment: OffsetDateTime) -> Vec<u8> {
    let short = time(moment);
    match der::only(&short, tag::UTC_TIME) {
        Ok(utc) => {
            let century: &[u8] = if moment.year() < 2000 { b"19" } else { b"20" };
            der::wrap(tag::GENERALIZED_TIME, &[century, utc.content].concat())
        }
        Err(_) => short,
    }
}
