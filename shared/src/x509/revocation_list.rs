//! Revocation lists (RFC 5280 section 5) as they say; whether they count is decided elsewhere.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::der::{self, DerError, Element, Reader, tag};
use super::oid;
use super::parse::{self, lenient, time as moments};
use super::view::Word;
use crate::api::revocation::RevocationReason;
use crate::hex::hex;
use crate::name::DistinguishedName;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revoked {
    /// Content octets of its serial number, lower-case hex.
    pub serial_number: String,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339")]
    pub revoked_at: OffsetDateTime,
    /// Why.
    #[serde(default)]
    pub reason: RevocationReason,
    /// Since when it is not to be trusted.
    #[serde(with = "time::serde::rfc3339::option", default, skip_serializing_if = "Option::is_none")]
    pub invalidity_date: Option<OffsetDateTime>,
}

/// A revocation list as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadList {
    /// 1 or 2; higher where somebody invented it.
    pub version: u8,
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
    /// The AlgorithmIdentifier beside the signature, whole DER.
    pub algorithm_der: Vec<u8>,
    /// Its critical extensions, dotted.
    pub critical_extensions: Vec<Word>,
    /// The critical extensions of its entries, dotted, each once.
    pub critical_entry_extensions: Vec<Word>,
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

    /// The CRL number as text: decimal, or `0x` and hex where it is longer than eight octets.
    #[must_use]
    pub fn number_text(&self) -> Option<String> {
        let octets = self.number.as_deref()?;
        Some(self.number().map_or_else(|| ["0x", &hex(octets)].concat(), |number| number.to_string()))
    }
}

fn part(part: &'static str) -> impl Fn(DerError) -> RevocationListError {
    move |reason| RevocationListError { part, reason }
}

/// Reads a revocation list, DER, which must fill the bytes. Its signature is not checked.
///
/// # Errors
/// Names the field that cannot be read.
pub fn read(list: &[u8]) -> Result<ReadList, RevocationListError> {
    let mut outer = der::only(list, tag::SEQUENCE).map_err(part("certificateList"))?.reader();
    let mut fields = outer.expect(tag::SEQUENCE).map_err(part("tbsCertList"))?.reader();
    let beside = outer.expect(tag::SEQUENCE).map_err(part("signatureAlgorithm"))?;
    let version = fields.optional(tag::INTEGER).map_err(part("version"))?;
    let version = version.map_or(1, |number| number.content.last().map_or(1, |octet| octet.saturating_add(1)));
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
        version,
        issuer: DistinguishedName::read(issuer).map_err(part("issuer"))?,
        issuer_der: issuer.raw.to_vec(),
        number: None,
        this_update,
        next_update,
        authority_key_identifier: None,
        signature_algorithm: parse::signature_algorithm(identifier, parameters),
        algorithm_der: beside.raw.to_vec(),
        critical_extensions: Vec::new(),
        critical_entry_extensions: Vec::new(),
        revoked: Vec::new(),
    };
    if let Some(entries) = fields.optional(tag::SEQUENCE).map_err(part("revokedCertificates"))? {
        let mut entries = entries.reader();
        while !entries.is_empty() {
            let entry = entries.expect(tag::SEQUENCE).and_then(|entry| revoked(entry, &mut read.critical_entry_extensions));
            read.revoked.push(entry.map_err(part("revokedCertificates"))?);
        }
    }
    if let Some(extensions) = fields.optional(0xa0).map_err(part("crlExtensions"))? {
        list_extensions(extensions, &mut read).map_err(part("crlExtensions"))?;
    }
    Ok(read)
}

fn list_extensions(extensions: Element<'_>, read: &mut ReadList) -> Result<(), DerError> {
    let mut list = extensions.reader().expect(tag::SEQUENCE)?.reader();
    while !list.is_empty() {
        let extension = lenient::extension(list.expect(tag::SEQUENCE)?)?;
        let kind = oid::dotted(extension.oid);
        match kind.as_ref() {
            // A damaged value is one that says nothing: no verifier minds it, and the rest of the list counts all the same.
            "2.5.29.20" => read.number = Reader::new(extension.value).expect(tag::INTEGER).ok().map(|number| number.content.to_vec()),
            "2.5.29.35" => {
                let identifier = Reader::new(extension.value).expect(tag::SEQUENCE).and_then(|fields| fields.reader().optional(0x80));
                read.authority_key_identifier = identifier.ok().flatten().map(|identifier| hex(identifier.content));
            }
            _ => {}
        }
        if extension.critical {
            read.critical_extensions.push(kind);
        }
    }
    Ok(())
}

fn revoked(entry: Element<'_>, critical: &mut Vec<Word>) -> Result<Revoked, DerError> {
    let mut fields = entry.reader();
    let serial_number = hex(fields.expect(tag::INTEGER)?.content);
    let revoked_at = moment(fields.next()?)?;
    let mut revoked = Revoked { serial_number, revoked_at, reason: RevocationReason::Unspecified, invalidity_date: None };
    if let Some(extensions) = fields.optional(tag::SEQUENCE)? {
        let mut list = extensions.reader();
        while !list.is_empty() {
            let extension = lenient::extension(list.expect(tag::SEQUENCE)?)?;
            let kind = oid::dotted(extension.oid);
            match kind.as_ref() {
                "2.5.29.21" => {
                    let code = Reader::new(extension.value).expect(0x0a).ok().and_then(|code| code.content.first().copied());
                    revoked.reason = RevocationReason::ALL.into_iter().find(|reason| Some(reason.code()) == code).unwrap_or_default();
                }
                "2.5.29.24" => revoked.invalidity_date = Reader::new(extension.value).next().and_then(moment).ok(),
                _ => {}
            }
            if extension.critical && !critical.contains(&kind) {
                critical.push(kind);
            }
        }
    }
    Ok(revoked)
}

fn moment(element: Element<'_>) -> Result<OffsetDateTime, DerError> {
    moments::instant(element.tag, element.content).ok_or(DerError::Malformed)
}
