//! Extensions (RFC 5280 section 4.2) as DER.

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use crate::hex::unhex;
use crate::request::EXTENDED_KEY_USAGES;
use crate::x509::der::{self, tag};
use crate::x509::oid;
use crate::x509::usage::KEY_USAGES;
use crate::x509::view::GeneralNameView;

/// Dotted identifiers that are met by name.
pub(super) mod id {
    pub const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
    pub const KEY_USAGE: &str = "2.5.29.15";
    pub const SUBJECT_ALTERNATIVE_NAME: &str = "2.5.29.17";
    pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
    pub const CRL_NUMBER: &str = "2.5.29.20";
    pub const REASON_CODE: &str = "2.5.29.21";
    pub const INVALIDITY_DATE: &str = "2.5.29.24";
    pub const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
    pub const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
    pub const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
    pub const AUTHORITY_INFORMATION_ACCESS: &str = "1.3.6.1.5.5.7.1.1";
    pub const SIGNED_CERTIFICATE_TIMESTAMPS: &str = "1.3.6.1.4.1.11129.2.4.2";
    pub const PRECERTIFICATE_POISON: &str = "1.3.6.1.4.1.11129.2.4.3";
}

/// One extension, DER.
pub(super) fn extension(dotted: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let identifier = object_identifier(dotted);
    let critical: &[u8] = if critical { &[tag::BOOLEAN, 1, 0xff] } else { &[] };
    der::wrap(tag::SEQUENCE, &[&identifier, critical, &der::wrap(tag::OCTET_STRING, value)].concat())
}

fn object_identifier(dotted: &str) -> Vec<u8> {
    der::wrap(tag::OID, &oid::encode(dotted).unwrap_or_default())
}

/// cA and pathLenConstraint; critical in both cases.
pub(super) fn basic_constraints(is_authority: bool, path_length: Option<u32>) -> Vec<u8> {
    let mut content = Vec::new();
    if is_authority {
        content.extend([tag::BOOLEAN, 1, 0xff]);
        if let Some(length) = path_length {
            content.extend(unsigned(&length.to_be_bytes()));
        }
    }
    extension(id::BASIC_CONSTRAINTS, true, &der::wrap(tag::SEQUENCE, &content))
}

/// A BIT STRING without zeros at its end, as DER wants it; critical.
pub(super) fn key_usage<T: AsRef<str>>(usages: &[T]) -> Vec<u8> {
    let mut bits = [0_u8; 2];
    let mut last = 0;
    for (place, _) in KEY_USAGES.iter().enumerate().filter(|(_, name)| usages.iter().any(|usage| usage.as_ref() == **name)) {
        bits[place / 8] |= 0x80 >> (place % 8);
        last = place;
    }
    let octets = last / 8 + 1;
    let unused = (octets * 8 - last - 1) as u8;
    let content = [&[unused], bits.get(..octets).unwrap_or_default()].concat();
    extension(id::KEY_USAGE, true, &der::wrap(tag::BIT_STRING, &content))
}

/// The dotted identifier of an extended usage, which is given by name or as such.
pub(super) fn extended_key_usage_identifier(usage: &str) -> Option<String> {
    if let Some((_, dotted)) = EXTENDED_KEY_USAGES.iter().find(|(name, _)| *name == usage) {
        return Some((*dotted).to_owned());
    }
    oid::encode(usage).map(|_| usage.to_owned())
}

/// Not critical, as browsers expect it.
pub(super) fn extended_key_usage<T: AsRef<str>>(usages: &[T]) -> Vec<u8> {
    let identifiers: Vec<Vec<u8>> =
        usages.iter().filter_map(|usage| extended_key_usage_identifier(usage.as_ref())).map(|dotted| object_identifier(&dotted)).collect();
    extension(id::EXTENDED_KEY_USAGE, false, &der::wrap(tag::SEQUENCE, &identifiers.concat()))
}

/// Critical when the subject is empty (RFC 5280 section 4.2.1.6).
pub(super) fn subject_alternative_name(names: &[GeneralNameView], critical: bool) -> Vec<u8> {
    let encoded: Vec<Vec<u8>> = names.iter().filter_map(general_name).collect();
    extension(id::SUBJECT_ALTERNATIVE_NAME, critical, &der::wrap(tag::SEQUENCE, &encoded.concat()))
}

/// Nothing for kinds that are not made here.
pub(super) fn general_name(name: &GeneralNameView) -> Option<Vec<u8>> {
    match name {
        GeneralNameView::Email(text) if text.is_ascii() => Some(der::wrap(0x81, text.as_bytes())),
        GeneralNameView::Dns(text) if text.is_ascii() => Some(der::wrap(0x82, text.as_bytes())),
        GeneralNameView::Uri(text) if text.is_ascii() => Some(der::wrap(0x86, text.as_bytes())),
        GeneralNameView::Ip(text) => match text.parse().ok()? {
            IpAddr::V4(address) => Some(der::wrap(0x87, &address.octets())),
            IpAddr::V6(address) => Some(der::wrap(0x87, &address.octets())),
        },
        _ => None,
    }
}

/// Key identifier of a SubjectPublicKeyInfo: the first 160 bits of SHA-256 over the key (RFC 7093 section 2, method 1).
pub(super) fn key_identifier(subject_public_key_info: &[u8]) -> Vec<u8> {
    let key = der::only(subject_public_key_info, tag::SEQUENCE).ok().and_then(|info| {
        let mut fields = info.reader();
        fields.expect(tag::SEQUENCE).ok()?;
        fields.expect(tag::BIT_STRING).ok()?.bits().ok()
    });
    let digest = Sha256::digest(key.unwrap_or(subject_public_key_info));
    digest.get(..20).unwrap_or_default().to_vec()
}

pub(super) fn subject_key_identifier(identifier: &[u8]) -> Vec<u8> {
    extension(id::SUBJECT_KEY_IDENTIFIER, false, &der::wrap(tag::OCTET_STRING, identifier))
}

/// keyIdentifier only. `identifier` is lower-case hex, as views have it.
pub(super) fn authority_key_identifier(identifier: &str) -> Option<Vec<u8>> {
    let content = der::wrap(0x80, &unhex(identifier)?);
    Some(extension(id::AUTHORITY_KEY_IDENTIFIER, false, &der::wrap(tag::SEQUENCE, &content)))
}

/// One distribution point for each URI.
pub(super) fn crl_distribution_points(uris: &[String]) -> Vec<u8> {
    let points: Vec<Vec<u8>> = uris
        .iter()
        .map(|uri| {
            let full_name = der::wrap(0xa0, &der::wrap(0x86, uri.trim().as_bytes()));
            der::wrap(tag::SEQUENCE, &der::wrap(0xa0, &full_name))
        })
        .collect();
    extension(id::CRL_DISTRIBUTION_POINTS, false, &der::wrap(tag::SEQUENCE, &points.concat()))
}

/// OCSP responders.
pub(super) fn authority_information_access(ocsp: &[String]) -> Vec<u8> {
    let method = object_identifier("1.3.6.1.5.5.7.48.1");
    let descriptions: Vec<Vec<u8>> =
        ocsp.iter().map(|uri| der::wrap(tag::SEQUENCE, &[method.as_slice(), &der::wrap(0x86, uri.trim().as_bytes())].concat())).collect();
    extension(id::AUTHORITY_INFORMATION_ACCESS, false, &der::wrap(tag::SEQUENCE, &descriptions.concat()))
}

/// A non-negative INTEGER from its big-endian octets.
pub(super) fn unsigned(octets: &[u8]) -> Vec<u8> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let significant = octets.get(zeros..).unwrap_or_default();
    match significant.first() {
        None => der::wrap(tag::INTEGER, &[0]),
        Some(0x80..) => der::wrap(tag::INTEGER, &[&[0], significant].concat()),
        Some(_) => der::wrap(tag::INTEGER, significant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_usage_has_no_zeros_at_its_end() {
        let end = |usages: &[&str]| key_usage(usages).split_off(14);
        assert_eq!(end(&["keyCertSign", "cRLSign"]), [0x01, 0x06]);
        assert_eq!(end(&["digitalSignature"]), [0x07, 0x80]);
        assert_eq!(end(&["decipherOnly"]), [0x07, 0x00, 0x80]);
    }

    #[test]
    fn extended_usages_go_by_name_or_number() {
        assert_eq!(extended_key_usage_identifier("serverAuth").as_deref(), Some("1.3.6.1.5.5.7.3.1"));
        assert_eq!(extended_key_usage_identifier("1.2.3").as_deref(), Some("1.2.3"));
        assert_eq!(extended_key_usage_identifier("nonsense"), None);
    }
}
