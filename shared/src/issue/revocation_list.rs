//! Revocation lists (RFC 5280 section 5), version 2: written, and read back.

use time::OffsetDateTime;

use super::extension::{self, id};
use super::serial_number::SerialNumber;
use super::validity::time;
use crate::api::revocation::RevocationReason;
use crate::hex::hex;
use crate::name::DistinguishedName;
use crate::request::SignatureAlgorithm;
use crate::x509::der::{self, DerError, Element, Reader, tag};
use crate::x509::oid;
use crate::x509::parse::{self, time as moments};
use crate::x509::view::Word;

/// Why bytes are no revocation list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a revocation list: {part} cannot be read")]
pub struct RevocationListError {
    /// The field, as RFC 5280 names it.
    pub part: &'static str,
    /// Why.
    #[source]
    pub reason: DerError,
}

/// One revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Content octets of its serial number, lower-case hex.
    pub serial_number: String,
    /// When it was revoked.
    pub revoked_at: OffsetDateTime,
    /// Why.
    pub reason: RevocationReason,
    /// Since when it is not to be trusted.
    pub invalidity_date: Option<OffsetDateTime>,
}

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

impl RevocationReason {
    /// Every reason, in the order of RFC 5280.
    pub const ALL: [Self; 10] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::RemoveFromCrl,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// CRLReason (RFC 5280 section 5.3.1); 7 is not used.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }

    /// In words: `key compromised`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Unspecified => "not said",
            Self::KeyCompromise => "key compromised",
            Self::CaCompromise => "key of the CA compromised",
            Self::AffiliationChanged => "name or organization changed",
            Self::Superseded => "replaced by another certificate",
            Self::CessationOfOperation => "no longer needed",
            Self::CertificateHold => "held for now",
            Self::RemoveFromCrl => "taken off the hold",
            Self::PrivilegeWithdrawn => "right withdrawn",
            Self::AaCompromise => "key of the attribute authority compromised",
        }
    }
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

/// A revocation list as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadList {
    /// Issuer.
    pub issuer: DistinguishedName,
    /// The same, DER.
    pub issuer_der: Vec<u8>,
    /// Content octets of the CRL number.
    pub number: Option<Vec<u8>>,
    /// When it was made.
    pub this_update: OffsetDateTime,
    /// When the next one is due.
    pub next_update: Option<OffsetDateTime>,
    /// keyIdentifier of its authority key identifier, lower-case hex.
    pub authority_key_identifier: Option<String>,
    /// Name of its signature algorithm.
    pub signature_algorithm: Word,
    /// What is revoked.
    pub revoked: Vec<Revoked>,
}

impl ReadList {
    /// The CRL number, where it fits.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        let octets = self.number.as_deref()?;
        let significant = octets.strip_prefix(&[0]).unwrap_or(octets);
        (significant.len() <= 8).then(|| significant.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)))
    }
}

fn part(part: &'static str) -> impl Fn(DerError) -> RevocationListError {
    move |reason| RevocationListError { part, reason }
}

/// Reads a revocation list, DER, which must fill the bytes. Its signature is not checked.
///
/// # Errors
/// Names the field that cannot be read.
pub fn revocation_list(list: &[u8]) -> Result<ReadList, RevocationListError> {
    let mut outer = der::only(list, tag::SEQUENCE).map_err(part("certificateList"))?.reader();
    let mut fields = outer.expect(tag::SEQUENCE).map_err(part("tbsCertList"))?.reader();
    fields.optional(tag::INTEGER).map_err(part("version"))?;
    let mut algorithm = fields.expect(tag::SEQUENCE).map_err(part("signature"))?.reader();
    let identifier = algorithm.expect(tag::OID).map_err(part("signature"))?.content;
    let parameters = algorithm.next().map_or(&[][..], |parameters| parameters.content);
    let issuer = fields.expect(tag::SEQUENCE).map_err(part("issuer"))?;
    let this_update = moment(fields.next().map_err(part("thisUpdate"))?).map_err(part("thisUpdate"))?;
    let next_update = match fields.peek() {
        Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(fields.next().and_then(moment).map_err(part("nextUpdate"))?),
        _ => None,
    };
    let mut read = ReadList {
        issuer: DistinguishedName::read(issuer).map_err(part("issuer"))?,
        issuer_der: issuer.raw.to_vec(),
        number: None,
        this_update,
        next_update,
        authority_key_identifier: None,
        signature_algorithm: parse::signature_algorithm(identifier, parameters),
        revoked: Vec::new(),
    };
    if let Some(entries) = fields.optional(tag::SEQUENCE).map_err(part("revokedCertificates"))? {
        let mut entries = entries.reader();
        while !entries.is_empty() {
            read.revoked.push(entries.expect(tag::SEQUENCE).and_then(revoked).map_err(part("revokedCertificates"))?);
        }
    }
    if let Some(extensions) = fields.optional(0xa0).map_err(part("crlExtensions"))? {
        let list = extensions.reader().expect(tag::SEQUENCE).map_err(part("crlExtensions"))?;
        each_extension(list, |oid, value| {
            match oid {
                id::CRL_NUMBER => read.number = Some(Reader::new(value).expect(tag::INTEGER)?.content.to_vec()),
                id::AUTHORITY_KEY_IDENTIFIER => {
                    let identifier = Reader::new(value).expect(tag::SEQUENCE)?.reader().optional(0x80)?;
                    read.authority_key_identifier = identifier.map(|identifier| hex(identifier.content));
                }
                _ => {}
            }
            Ok(())
        })
        .map_err(part("crlExtensions"))?;
    }
    Ok(read)
}

fn revoked(entry: Element<'_>) -> Result<Revoked, DerError> {
    let mut fields = entry.reader();
    let serial_number = hex(fields.expect(tag::INTEGER)?.content);
    let revoked_at = moment(fields.next()?)?;
    let mut revoked = Revoked { serial_number, revoked_at, reason: RevocationReason::Unspecified, invalidity_date: None };
    if let Some(extensions) = fields.optional(tag::SEQUENCE)? {
        each_extension(extensions, |oid, value| {
            match oid {
                id::REASON_CODE => {
                    let code = Reader::new(value).expect(0x0a)?.content.first().copied();
                    revoked.reason = RevocationReason::ALL.into_iter().find(|reason| Some(reason.code()) == code).unwrap_or_default();
                }
                id::INVALIDITY_DATE => revoked.invalidity_date = Some(moment(Reader::new(value).next()?)?),
                _ => {}
            }
            Ok(())
        })?;
    }
    Ok(revoked)
}

fn each_extension<'a>(list: Element<'a>, mut see: impl FnMut(&str, &'a [u8]) -> Result<(), DerError>) -> Result<(), DerError> {
    let mut reader = list.reader();
    while !reader.is_empty() {
        let mut fields = reader.expect(tag::SEQUENCE)?.reader();
        let kind = oid::dotted(fields.expect(tag::OID)?.content);
        fields.optional(tag::BOOLEAN)?;
        see(&kind, fields.expect(tag::OCTET_STRING)?.content)?;
    }
    Ok(())
}

fn moment(element: Element<'_>) -> Result<OffsetDateTime, DerError> {
    moments::instant(element.tag, element.content).ok_or(DerError::Malformed)
}
