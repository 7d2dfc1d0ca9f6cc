//! Taking a file apart, as far as that goes without the password.

use super::super::{InPart as _, KeystoreError, ber, protection};
use super::{Archive, Derivation, Digest, Mac, MacKind, Protection, Safe};
use crate::x509::der::{DerError, Element, Reader, tag};
use crate::x509::oid;

const PKCS7: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
const PBMAC1: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0e];
const DATA: u8 = 1;
const SIGNED_DATA: u8 = 2;
const ENVELOPED_DATA: u8 = 3;
const ENCRYPTED_DATA: u8 = 6;

/// Reads a file. Octets after its end are passed over, as OpenSSL and NSS do.
///
/// # Errors
/// `Damaged` when it breaks off or is none; `Unsupported` for files that a key protects, not a password.
pub fn read(file: &[u8]) -> Result<Archive, KeystoreError> {
    let mut fields = Reader::new(file).expect(tag::SEQUENCE).part("PFX")?.reader();
    let version = protection::number(&mut fields).part("version")?;
    if version != 3 {
        return Err(KeystoreError::unsupported(format!("it is of version {version}; only version 3 is in use")));
    }
    let authenticated_safe = match content_info(fields.expect(tag::SEQUENCE).part("authSafe")?)? {
        (DATA, mut content) => ber::octet_string(&mut content).part("authSafe")?,
        (SIGNED_DATA, _) => return Err(KeystoreError::unsupported("it is signed with a key instead of being protected by a password")),
        (other, _) => return Err(KeystoreError::unsupported(format!("it is PKCS#7 of kind {other}, where data belong"))),
    };
    let mac = if fields.is_empty() { None } else { Some(mac(fields.expect(tag::SEQUENCE).part("macData")?)?) };
    let mut safes = Vec::new();
    let mut contents = Reader::new(&authenticated_safe).expect(tag::SEQUENCE).part("AuthenticatedSafe")?.reader();
    while !contents.is_empty() {
        safes.push(safe(contents.expect(tag::SEQUENCE).part("ContentInfo")?)?);
    }
    Ok(Archive { mac, safes, authenticated_safe })
}

/// Kind of PKCS#7, by the last arc, and what is in it.
fn content_info(element: Element<'_>) -> Result<(u8, Reader<'_>), KeystoreError> {
    let mut fields = element.reader();
    let identifier = fields.expect(tag::OID).part("contentType")?.content;
    let Some(&[kind]) = identifier.strip_prefix(&PKCS7) else {
        return Err(KeystoreError::unsupported(format!("it holds something that is no PKCS#7 ({})", oid::dotted(identifier))));
    };
    Ok((kind, fields.expect(0xa0).part("content")?.reader()))
}

fn safe(element: Element<'_>) -> Result<Safe, KeystoreError> {
    match content_info(element)? {
        (DATA, mut content) => Ok(Safe::Plain(ber::octet_string(&mut content).part("data")?)),
        (ENCRYPTED_DATA, mut content) => {
            let mut fields = content.expect(tag::SEQUENCE).part("EncryptedData")?.reader();
            fields.expect(tag::INTEGER).part("version")?;
            let mut encrypted = fields.expect(tag::SEQUENCE).part("encryptedContentInfo")?.reader();
            encrypted.expect(tag::OID).part("contentType")?;
            let protection = Protection::read(encrypted.expect(tag::SEQUENCE).part("contentEncryptionAlgorithm")?)?;
            let ciphertext = match encrypted.peek() {
                Some(0x80 | 0xa0) => ber::octets(encrypted.next().part("encryptedContent")?).part("encryptedContent")?.to_vec(),
                Some(found) => return Err(DerError::UnexpectedTag { found, expected: 0x80 }).part("encryptedContent"),
                None => return Err(DerError::Truncated).part("encryptedContent"),
            };
            Ok(Safe::Encrypted { protection, ciphertext })
        }
        (ENVELOPED_DATA, _) => Err(KeystoreError::unsupported("it is encrypted for a key instead of being protected by a password")),
        (other, _) => Err(KeystoreError::unsupported(format!("it holds PKCS#7 of kind {other}"))),
    }
}

fn mac(element: Element<'_>) -> Result<Mac, KeystoreError> {
    let mut fields = element.reader();
    let mut digest_info = fields.expect(tag::SEQUENCE).part("DigestInfo")?.reader();
    let algorithm = digest_info.expect(tag::SEQUENCE).part("digestAlgorithm")?;
    let value = ber::octet_string(&mut digest_info).part("digest")?.to_vec();
    let mut inside = algorithm.reader();
    if inside.expect(tag::OID).part("digestAlgorithm")?.content == PBMAC1 {
        let mut parameters = inside.expect(tag::SEQUENCE).part("PBMAC1-params")?.reader();
        let derivation = Derivation::read(parameters.expect(tag::SEQUENCE).part("keyDerivationFunc")?)?;
        if matches!(derivation, Derivation::Pbkdf2 { key_length: None, .. }) {
            // RFC 9579 section 4: a reader that guesses would take other files for whole than the writer meant.
            return Err(KeystoreError::unsupported("its checksum is PBMAC1 without the length of the key, which RFC 9579 forbids"));
        }
        let digest = Digest::of_hmac(parameters.expect(tag::SEQUENCE).part("messageAuthScheme")?)?;
        return Ok(Mac { kind: MacKind::Pbmac1 { derivation, digest }, value });
    }
    let digest = Digest::read(algorithm)?;
    let salt = ber::octet_string(&mut fields).part("macSalt")?.to_vec();
    let iterations = if fields.is_empty() { 1 } else { protection::iterations(&mut fields)? };
    Ok(Mac { kind: MacKind::Pkcs12 { digest, salt, iterations }, value })
}
