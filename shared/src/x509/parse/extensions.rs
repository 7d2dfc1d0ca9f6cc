//! Extensions (RFC 5280 section 4.2), each read once into the view. A value that does not parse is data, not a failure.

use std::borrow::Cow;

use time::OffsetDateTime;

use super::{RawExtension, general_name};
use crate::api::bytes::Base64;
use crate::hex::hex;
use crate::x509::der::{self, DerError, Reader, tag};
use crate::x509::oid;
use crate::x509::usage::KEY_USAGES;
use crate::x509::view::{BasicConstraintsView, CertificateView, ExtensionView, PolicyView, SctView, Word};

/// `seen` holds the kinds that came before.
pub(super) fn read(extension: &RawExtension<'_>, seen: &mut Vec<&'static str>, view: &mut CertificateView) {
    let known = oid::known(extension.oid);
    // Of an extension that is there twice the first one counts, as in NSS.
    let outcome = match known {
        Some((dotted, _)) if seen.contains(&dotted) => Outcome::Malformed("there are two extensions of this kind"),
        Some((dotted, _)) => {
            seen.push(dotted);
            value(dotted, extension.value, view)
        }
        None => Outcome::Unknown,
    };
    let (oid, name) = match known {
        Some((dotted, name)) => (Cow::Borrowed(dotted), Some(Cow::Borrowed(name))),
        None => (oid::dotted(extension.oid), None),
    };
    let (malformed, shown) = match outcome {
        Outcome::Read => (None, false),
        Outcome::Unknown => (None, true),
        Outcome::Malformed(reason) => (Some(reason.to_owned()), true),
        Outcome::NotDer(error) => (Some(error.to_string()), true),
    };
    view.extensions.push(ExtensionView {
        oid,
        name,
        critical: extension.critical,
        malformed,
        value: shown.then(|| Base64(extension.value.to_vec())),
    });
}

enum Outcome {
    Read,
    Unknown,
    Malformed(&'static str),
    NotDer(DerError),
}

fn value(oid: &str, bytes: &[u8], view: &mut CertificateView) -> Outcome {
    let mut reader = Reader::new(bytes);
    let result = match oid {
        "2.5.29.14" => reader.expect(tag::OCTET_STRING).map(|id| view.subject_key_identifier = Some(hex(id.content))),
        "2.5.29.15" => key_usage(&mut reader).map(|usages| view.key_usage = Some(usages)),
        "2.5.29.17" => general_name::list(&mut reader).map(|names| view.subject_alternative_names = names),
        "2.5.29.19" => basic_constraints(&mut reader, view),
        "2.5.29.31" => crl_distribution_points(&mut reader, &mut view.crl_distribution_points),
        "2.5.29.32" => policies(&mut reader).map(|policies| view.policies = policies),
        "2.5.29.35" => authority_key_identifier(&mut reader).map(|id| view.authority_key_identifier = id),
        "2.5.29.37" => extended_key_usage(&mut reader).map(|usages| view.extended_key_usage = Some(usages)),
        "1.3.6.1.5.5.7.1.1" => authority_information_access(&mut reader, view),
        "1.3.6.1.4.1.11129.2.4.2" => scts(&mut reader).map(|timestamps| view.signed_certificate_timestamps = timestamps),
        _ => return Outcome::Unknown,
    };
    match result {
        Ok(()) if reader.is_empty() => Outcome::Read,
        Ok(()) => Outcome::NotDer(DerError::TrailingData),
        Err(error) => Outcome::NotDer(error),
    }
}

fn key_usage(reader: &mut Reader<'_>) -> Result<Vec<Word>, DerError> {
    let element = reader.expect(tag::BIT_STRING)?;
    // NSS and OpenSSL take an empty BIT STRING as no bit at all.
    let bits = element.bits().unwrap_or_default();
    let set = |index: usize| bits.get(index / 8).is_some_and(|octet| octet & (0x80 >> (index % 8)) != 0);
    Ok(KEY_USAGES.iter().enumerate().filter(|(index, _)| set(*index)).map(|(_, name)| Cow::Borrowed(*name)).collect())
}

fn extended_key_usage(reader: &mut Reader<'_>) -> Result<Vec<Word>, DerError> {
    let mut usages = Vec::new();
    let mut list = reader.expect(tag::SEQUENCE)?.reader();
    while !list.is_empty() {
        let usage = list.expect(tag::OID)?.content;
        usages.push(oid::known(usage).map_or_else(|| oid::dotted(usage), |(_, name)| Cow::Borrowed(name)));
    }
    Ok(usages)
}

fn basic_constraints(reader: &mut Reader<'_>, view: &mut CertificateView) -> Result<(), DerError> {
    let mut fields = reader.expect(tag::SEQUENCE)?.reader();
    let ca = fields.optional(tag::BOOLEAN)?.is_some_and(|flag| flag.content.iter().any(|&octet| octet != 0));
    // Being a CA counts even where the length of the path is negative or too large.
    let constraints = view.basic_constraints.insert(BasicConstraintsView { ca, path_length: None });
    constraints.path_length = fields.optional(tag::INTEGER)?.map(|length| unsigned(length.content)).transpose()?;
    Ok(())
}

fn unsigned(content: &[u8]) -> Result<u32, DerError> {
    match content {
        [] | [0x80..=0xff, ..] => Err(DerError::Malformed),
        _ => content
            .iter()
            .try_fold(0u32, |value, &octet| value.checked_mul(256).map(|shifted| shifted | u32::from(octet)))
            .ok_or(DerError::TooLarge),
    }
}

fn authority_key_identifier(reader: &mut Reader<'_>) -> Result<Option<String>, DerError> {
    let mut fields = reader.expect(tag::SEQUENCE)?.reader();
    Ok(fields.optional(0x80)?.map(|id| hex(id.content)))
}

fn crl_distribution_points(reader: &mut Reader<'_>, addresses: &mut Vec<String>) -> Result<(), DerError> {
    let mut points = reader.expect(tag::SEQUENCE)?.reader();
    while !points.is_empty() {
        let mut point = points.expect(tag::SEQUENCE)?.reader();
        if let Some(name) = point.optional(0xa0)?
            && let Some(full_name) = name.reader().optional(0xa0)?
        {
            general_name::uris(full_name.reader(), addresses)?;
        }
    }
    Ok(())
}

fn authority_information_access(reader: &mut Reader<'_>, view: &mut CertificateView) -> Result<(), DerError> {
    let mut list = reader.expect(tag::SEQUENCE)?.reader();
    while !list.is_empty() {
        let mut description = list.expect(tag::SEQUENCE)?.reader();
        let method = oid::dotted(description.expect(tag::OID)?.content);
        let location = description.next()?;
        match method.as_ref() {
            "1.3.6.1.5.5.7.48.1" if location.tag == 0x86 => view.ocsp.push(general_name::string(location)),
            "1.3.6.1.5.5.7.48.2" if location.tag == 0x86 => view.ca_issuers.push(general_name::string(location)),
            _ => {}
        }
    }
    Ok(())
}

fn policies(reader: &mut Reader<'_>) -> Result<Vec<PolicyView>, DerError> {
    let mut policies = Vec::new();
    let mut list = reader.expect(tag::SEQUENCE)?.reader();
    while !list.is_empty() {
        let mut policy = list.expect(tag::SEQUENCE)?.reader();
        let oid = oid::dotted(policy.expect(tag::OID)?.content);
        let name = policy_name(&oid).map(Cow::Borrowed);
        let mut cps = Vec::new();
        if let Some(qualifiers) = policy.optional(tag::SEQUENCE)? {
            let mut qualifiers = qualifiers.reader();
            while !qualifiers.is_empty() {
                let mut qualifier = qualifiers.expect(tag::SEQUENCE)?.reader();
                let kind = oid::dotted(qualifier.expect(tag::OID)?.content);
                if kind == "1.3.6.1.5.5.7.2.1"
                    && let Ok(address) = qualifier.next()
                    && let Some(text) = der::text(address.tag, address.content)
                {
                    cps.push(text.into_owned());
                }
            }
        }
        policies.push(PolicyView { oid, name, cps });
    }
    Ok(policies)
}

fn policy_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.23.140.1.1" => "extended validation",
        "2.23.140.1.2.1" => "domain validated",
        "2.23.140.1.2.2" => "organization validated",
        "2.23.140.1.2.3" => "individual validated",
        "2.23.140.1.3" => "extended validation code signing",
        "2.23.140.1.4.1" => "code signing",
        "2.5.29.32.0" => "any policy",
        _ => return None,
    })
}

/// SignedCertificateTimestampList (RFC 6962 section 3.3): lengths of two octets, as in TLS.
fn scts(reader: &mut Reader<'_>) -> Result<Vec<SctView>, DerError> {
    let octets = reader.expect(tag::OCTET_STRING)?.content;
    let (mut list, rest) = vector(octets)?;
    if !rest.is_empty() {
        return Err(DerError::TrailingData);
    }
    let mut timestamps = Vec::new();
    while !list.is_empty() {
        let (sct, rest) = vector(list)?;
        list = rest;
        let log_id = sct.get(1..33).ok_or(DerError::Truncated)?;
        let milliseconds: [u8; 8] = sct.get(33..41).and_then(|octets| octets.try_into().ok()).ok_or(DerError::Truncated)?;
        let nanoseconds = i128::from(u64::from_be_bytes(milliseconds)) * 1_000_000;
        let timestamp = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).map_err(|_| DerError::Malformed)?;
        timestamps.push(SctView { log_id: hex(log_id), timestamp });
    }
    Ok(timestamps)
}

fn vector(bytes: &[u8]) -> Result<(&[u8], &[u8]), DerError> {
    let (&length, rest) = bytes.split_first_chunk::<2>().ok_or(DerError::Truncated)?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(length))).ok_or(DerError::Truncated)
}
