//! The frame of a certificate for what x509-parser refuses and OpenSSL reads: the order of the fields must be right, the rest
//! is taken as it is.

use super::{ParseError, RawExtension, Skeleton, time};
use crate::x509::der::{DerError, Element, Reader, tag};

/// The fields of a TBSCertificate and the algorithm beside the signature.
pub(crate) struct Fields<'a> {
    pub version: u8,
    pub serial_number: Element<'a>,
    /// The algorithm inside the TBSCertificate, which must be the one beside the signature.
    pub signature: Element<'a>,
    pub issuer: Element<'a>,
    pub validity: Element<'a>,
    pub subject: Element<'a>,
    pub subject_public_key_info: Element<'a>,
    pub extensions: Option<Element<'a>>,
    pub signature_algorithm: Element<'a>,
}

pub(crate) fn fields(der: &[u8]) -> Result<Fields<'_>, ParseError> {
    let part = |part: &'static str| move |reason: DerError| ParseError::Structure { part, reason };
    let mut outer = Reader::new(der);
    let certificate = outer.expect(tag::SEQUENCE).map_err(part("certificate"))?;
    if !outer.is_empty() {
        return Err(ParseError::TrailingData { bytes: outer.rest().len() });
    }
    let mut inner = certificate.reader();
    let mut tbs = inner.expect(tag::SEQUENCE).map_err(part("tbsCertificate"))?.reader();
    let version = match tbs.optional(0xa0).map_err(part("version"))? {
        Some(explicit) => {
            let number = explicit.reader().expect(tag::INTEGER).map_err(part("version"))?;
            number.content.last().map_or(1, |octet| octet.saturating_add(1))
        }
        None => 1,
    };
    let serial_number = tbs.expect(tag::INTEGER).map_err(part("serialNumber"))?;
    let signature = tbs.expect(tag::SEQUENCE).map_err(part("signature"))?;
    let issuer = tbs.expect(tag::SEQUENCE).map_err(part("issuer"))?;
    let validity = tbs.expect(tag::SEQUENCE).map_err(part("validity"))?;
    let subject = tbs.expect(tag::SEQUENCE).map_err(part("subject"))?;
    let subject_public_key_info = tbs.expect(tag::SEQUENCE).map_err(part("subjectPublicKeyInfo"))?;
    let mut extensions = None;
    // issuerUniqueID [1], subjectUniqueID [2] and extensions [3], all optional.
    while !tbs.is_empty() {
        let element = tbs.next().map_err(part("extensions"))?;
        if element.tag == 0xa3 {
            extensions = Some(element);
        }
    }
    let signature_algorithm = inner.expect(tag::SEQUENCE).map_err(part("signatureAlgorithm"))?;
    inner.expect(tag::BIT_STRING).map_err(part("signature"))?;
    Ok(Fields { version, serial_number, signature, issuer, validity, subject, subject_public_key_info, extensions, signature_algorithm })
}

pub(super) fn skeleton(der: &[u8]) -> Result<Skeleton<'_>, ParseError> {
    let fields = fields(der)?;
    let mut validity = fields.validity.reader();
    let mut instant = |field: &'static str| {
        let element = validity.next().map_err(|reason| ParseError::Structure { part: field, reason })?;
        time::instant(element.tag, element.content).ok_or(ParseError::Time { field })
    };
    let not_before = instant("notBefore")?;
    let not_after = instant("notAfter")?;
    let mut extensions = Vec::new();
    if let Some(explicit) = fields.extensions {
        let broken = |reason| ParseError::Structure { part: "extensions", reason };
        let mut list = explicit.reader().expect(tag::SEQUENCE).map_err(broken)?.reader();
        while !list.is_empty() {
            extensions.push(list.expect(tag::SEQUENCE).and_then(extension).map_err(broken)?);
        }
    }
    let broken = |reason| ParseError::Structure { part: "signatureAlgorithm", reason };
    let mut algorithm = fields.signature_algorithm.reader();
    let signature_algorithm = algorithm.expect(tag::OID).map_err(broken)?.content;
    let signature_parameters = if algorithm.is_empty() { &[] } else { algorithm.next().map_err(broken)?.content };
    Ok(Skeleton {
        version: fields.version,
        serial_number: fields.serial_number.content,
        issuer: fields.issuer.raw,
        not_before,
        not_after,
        subject: fields.subject.raw,
        subject_public_key_info: fields.subject_public_key_info.raw,
        extensions,
        signature_algorithm,
        signature_parameters,
    })
}

pub(crate) fn extension(element: Element<'_>) -> Result<RawExtension<'_>, DerError> {
    let mut reader = element.reader();
    let oid = reader.expect(tag::OID)?.content;
    let critical = reader.optional(tag::BOOLEAN)?.is_some_and(|flag| flag.content.iter().any(|&octet| octet != 0));
    let value = reader.expect(tag::OCTET_STRING)?.content;
    Ok(RawExtension { oid, critical, value })
}
