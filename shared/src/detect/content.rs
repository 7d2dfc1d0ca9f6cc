//! What a DER object is, by its content: labels and file names are often wrong.

use super::{Detected, Found, FoundKey, Place};
use crate::x509::der::{DerError, Element, Reader, tag};

enum Kind {
    Certificate,
    Request,
    Crl,
    SignedData,
    CertificateSequence,
    OtherPkcs7,
    Key { encrypted: bool },
    Pkcs12,
}

/// Puts the object where it belongs.
pub(super) fn read(element: Element<'_>, place: Place, detected: &mut Detected) {
    let found = || Found { der: element.raw.to_vec(), place };
    match kind(element) {
        Ok(Some(Kind::Certificate)) => detected.certificates.push(found()),
        Ok(Some(Kind::Request)) => detected.requests.push(found()),
        Ok(Some(Kind::Crl)) => detected.crls.push(found()),
        Ok(Some(Kind::SignedData)) => {
            detected.pkcs7.push(found());
            if let Err(error) = signed_data(element, place, detected) {
                detected.problem(place, &["PKCS#7: ", &error.to_string()].concat());
            }
        }
        Ok(Some(Kind::CertificateSequence)) => {
            if let Err(error) = certificate_sequence(element, place, detected) {
                detected.problem(place, &["certificate sequence: ", &error.to_string()].concat());
            }
        }
        Ok(Some(Kind::OtherPkcs7)) => {
            detected.pkcs7.push(found());
            detected.problem(place, "PKCS#7 of a kind that holds no certificates");
        }
        Ok(Some(Kind::Key { encrypted })) => detected.keys.push(FoundKey { encrypted, place }),
        Ok(Some(Kind::Pkcs12)) => detected.pkcs12 = true,
        Ok(None) => detected.problem(place, "neither a certificate nor a request nor anything else known here"),
        Err(error) => detected.problem(place, &error.to_string()),
    }
}

const PKCS7: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// netscape-cert-sequence, which old NSS and browsers served.
const CERTIFICATE_SEQUENCE: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x02, 0x05];

fn kind(element: Element<'_>) -> Result<Option<Kind>, DerError> {
    if element.tag != tag::SEQUENCE {
        return Ok(None);
    }
    let mut outer = element.reader();
    let first = outer.next()?;
    Ok(match first.tag {
        tag::OID if first.content == SIGNED_DATA => Some(Kind::SignedData),
        tag::OID if first.content == CERTIFICATE_SEQUENCE => Some(Kind::CertificateSequence),
        // RFC 5652 and its kin live elsewhere too: 1.2.840.113549.1.9.16.1.x.
        tag::OID if first.content.starts_with(&PKCS7) || first.content.starts_with(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09]) => {
            Some(Kind::OtherPkcs7)
        }
        tag::INTEGER => match (first.content, outer.next()?.tag, outer.peek()) {
            ([3], tag::SEQUENCE, _) => Some(Kind::Pkcs12),
            // RSAPrivateKey and DSAPrivateKey, PKCS#8, ECPrivateKey.
            ([0 | 1], tag::INTEGER, Some(tag::INTEGER))
            | ([0 | 1], tag::SEQUENCE, Some(tag::OCTET_STRING))
            | ([1], tag::OCTET_STRING, _) => Some(Kind::Key { encrypted: false }),
            _ => None,
        },
        tag::SEQUENCE => match outer.peek() {
            Some(tag::OCTET_STRING) => Some(Kind::Key { encrypted: true }),
            Some(tag::SEQUENCE) => to_be_signed(first),
            _ => None,
        },
        _ => None,
    })
}

/// Certificate, request or CRL, by the order of the fields that are signed. Broken ones are what they begin as, so that the
/// parser can say what is wrong with them.
fn to_be_signed(element: Element<'_>) -> Option<Kind> {
    let mut fields = element.reader();
    if fields.peek() == Some(0xa0) {
        return Some(Kind::Certificate);
    }
    if fields.peek() == Some(tag::INTEGER) {
        fields.next().ok()?;
    }
    let algorithm_or_name = fields.next().ok()?;
    if algorithm_or_name.reader().peek() != Some(tag::OID) {
        return Some(Kind::Request);
    }
    fields.next().ok()?;
    Some(match fields.peek() {
        Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Kind::Crl,
        _ => Kind::Certificate,
    })
}

fn signed_data(element: Element<'_>, place: Place, detected: &mut Detected) -> Result<(), DerError> {
    let mut content_info = element.reader();
    content_info.expect(tag::OID)?;
    let mut signed = content_info.expect(0xa0)?.reader().expect(tag::SEQUENCE)?.reader();
    signed.expect(tag::INTEGER)?;
    signed.expect(tag::SET)?;
    signed.expect(tag::SEQUENCE)?;
    if let Some(certificates) = signed.optional(0xa0)? {
        collect(certificates.reader(), place, &mut detected.certificates)?;
    }
    if let Some(crls) = signed.optional(0xa1)? {
        collect(crls.reader(), place, &mut detected.crls)?;
    }
    Ok(())
}

fn certificate_sequence(element: Element<'_>, place: Place, detected: &mut Detected) -> Result<(), DerError> {
    let mut content_info = element.reader();
    content_info.expect(tag::OID)?;
    collect(content_info.expect(0xa0)?.reader().expect(tag::SEQUENCE)?.reader(), place, &mut detected.certificates)
}

/// The SEQUENCEs among them: other choices are attribute certificates and the like.
fn collect(mut elements: Reader<'_>, place: Place, into: &mut Vec<Found>) -> Result<(), DerError> {
    while !elements.is_empty() {
        let element = elements.next()?;
        if element.tag == tag::SEQUENCE {
            into.push(Found { der: element.raw.to_vec(), place });
        }
    }
    Ok(())
}
