//! SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7, RFC 5480, RFC 8410).

use std::borrow::Cow;

use sha1::{Digest, Sha1};

use crate::hex::hex;
use crate::x509::der::{self, DerError, Reader, tag};
use crate::x509::oid;
use crate::x509::view::{PublicKeyView, Word};

/// What can be read of a key; a key that cannot be read is still named.
#[must_use]
pub fn view(subject_public_key_info: &[u8]) -> PublicKeyView {
    let mut view = PublicKeyView {
        algorithm: Cow::Borrowed("unknown"),
        algorithm_oid: Cow::Borrowed(""),
        bits: 0,
        curve: None,
        exponent: None,
        nss_key_id: None,
    };
    // Whatever was read before the mistake stays.
    let _ = read(subject_public_key_info, &mut view);
    view
}

fn read(bytes: &[u8], view: &mut PublicKeyView) -> Result<(), DerError> {
    let mut info = der::only(bytes, tag::SEQUENCE)?.reader();
    let mut algorithm = info.expect(tag::SEQUENCE)?.reader();
    let (name, dotted) = oid_and_name(algorithm.expect(tag::OID)?.content);
    view.algorithm_oid = dotted;
    view.algorithm = name;
    let key = info.expect(tag::BIT_STRING)?.bits()?;
    match view.algorithm_oid.as_ref() {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" | "1.2.840.113549.1.1.7" => rsa(key, view)?,
        "1.2.840.10045.2.1" => {
            view.nss_key_id = Some(key_id(key));
            curve(algorithm, view)?;
        }
        "1.2.840.10046.2.1" | "1.2.840.113549.1.3.1" => {
            view.bits = bit_length(algorithm.expect(tag::SEQUENCE)?.reader().expect(tag::INTEGER)?.content);
        }
        "1.2.840.10040.4.1" => {
            view.nss_key_id = Some(key_id(magnitude(der::only(key, tag::INTEGER)?.content)));
            view.bits = bit_length(algorithm.expect(tag::SEQUENCE)?.reader().expect(tag::INTEGER)?.content);
        }
        "1.3.101.110" => view.bits = 253,
        "1.3.101.112" => {
            view.bits = 256;
            view.nss_key_id = Some(key_id(key));
        }
        "1.3.101.111" => view.bits = 448,
        "1.3.101.113" => view.bits = 456,
        _ => {}
    }
    Ok(())
}

fn oid_and_name(content: &[u8]) -> (Word, Word) {
    let dotted = oid::dotted(content);
    let name = match dotted.as_ref() {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.2.840.10045.2.1" => "EC",
        "1.2.840.10040.4.1" => "DSA",
        _ => match oid::name(&dotted) {
            Some(name) => name,
            None => return (dotted.clone(), dotted),
        },
    };
    (Cow::Borrowed(name), dotted)
}

fn rsa(key: &[u8], view: &mut PublicKeyView) -> Result<(), DerError> {
    // SubjectPublicKeyInfo may be followed by padding that OpenSSL ignores.
    let mut numbers = Reader::new(key).expect(tag::SEQUENCE)?.reader();
    let modulus = numbers.expect(tag::INTEGER)?.content;
    view.bits = bit_length(modulus);
    view.nss_key_id = Some(key_id(magnitude(modulus)));
    view.exponent = Some(decimal(numbers.expect(tag::INTEGER)?.content));
    Ok(())
}

fn curve(mut algorithm: Reader<'_>, view: &mut PublicKeyView) -> Result<(), DerError> {
    let parameters = algorithm.next()?;
    if parameters.tag == tag::SEQUENCE {
        return explicit_curve(parameters.reader(), view);
    }
    let dotted = oid::dotted(parameters.content);
    let (curve, bits) = match dotted.as_ref() {
        "1.2.840.10045.3.1.7" => ("P-256", 256),
        "1.3.132.0.34" => ("P-384", 384),
        "1.3.132.0.35" => ("P-521", 521),
        "1.3.132.0.33" => ("P-224", 224),
        "1.2.840.10045.3.1.1" => ("P-192", 192),
        "1.2.156.10197.1.301" => ("SM2", 256),
        "1.3.132.0.10" => ("secp256k1", 256),
        "1.3.36.3.3.2.8.1.1.7" => ("brainpoolP256r1", 256),
        "1.3.36.3.3.2.8.1.1.11" => ("brainpoolP384r1", 384),
        "1.3.36.3.3.2.8.1.1.13" => ("brainpoolP512r1", 512),
        _ => {
            view.curve = Some(oid::name(&dotted).map_or(dotted, Cow::Borrowed));
            return Ok(());
        }
    };
    view.curve = Some(Cow::Borrowed(curve));
    view.bits = bits;
    Ok(())
}

/// ECParameters written out (X9.62), which browsers and NSS refuse.
fn explicit_curve(mut parameters: Reader<'_>, view: &mut PublicKeyView) -> Result<(), DerError> {
    view.curve = Some(Cow::Borrowed("explicit parameters"));
    parameters.expect(tag::INTEGER)?;
    parameters.expect(tag::SEQUENCE)?;
    parameters.expect(tag::SEQUENCE)?;
    parameters.expect(tag::OCTET_STRING)?;
    // The order: what OpenSSL calls the size of the key.
    view.bits = bit_length(parameters.expect(tag::INTEGER)?.content);
    Ok(())
}

/// The identifier NSS gives a key (`PK11_MakeIDFromPubKey`): values of at most 20 octets stand for themselves.
fn key_id(value: &[u8]) -> String {
    if value.len() <= 20 { hex(value) } else { hex(&Sha1::digest(value)) }
}

fn magnitude(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|&&octet| octet == 0).count();
    integer.get(zeros..).unwrap_or_default()
}

fn bit_length(integer: &[u8]) -> u32 {
    match magnitude(integer) {
        [] => 0,
        [first, rest @ ..] => u32::try_from(rest.len()).unwrap_or(u32::MAX / 8).saturating_mul(8).saturating_add(8 - first.leading_zeros()),
    }
}

/// Decimal up to 64 bits, hex above: no exponent that is in use is larger.
fn decimal(integer: &[u8]) -> String {
    let value = magnitude(integer);
    if value.len() > 8 {
        return ["0x", &hex(value)].concat();
    }
    value.iter().fold(0u64, |number, &octet| number << 8 | u64::from(octet)).to_string()
}
