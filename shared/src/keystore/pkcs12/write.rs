//! Building a file from its innermost parts outwards; each step takes what the one before made, encrypted where it should be.

use super::super::protection::{EncryptedKey, Protection, unsigned};
use super::{Mac, MacKind};
use crate::x509::der::{tag, wrap};

const PKCS7: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
const PKCS9: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09];
const BAG_TYPES: [u8; 10] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];
const VERSION_0: [u8; 3] = [2, 1, 0];
const VERSION_3: [u8; 3] = [2, 1, 3];

/// What tells bags apart, and which belong together.
#[derive(Debug, Clone, Copy, Default)]
pub struct BagNames<'a> {
    /// friendlyName.
    pub friendly_name: Option<&'a str>,
    /// localKeyID.
    pub local_key_id: Option<&'a [u8]>,
}

fn identifier(prefix: &[u8], rest: &[u8]) -> Vec<u8> {
    wrap(tag::OID, &[prefix, rest].concat())
}

fn bag(kind: u8, value: &[u8], names: BagNames<'_>) -> Vec<u8> {
    let mut attributes = Vec::new();
    let mut attribute = |last: u8, value: Vec<u8>| {
        attributes.push(wrap(tag::SEQUENCE, &[identifier(&PKCS9, &[last]), wrap(tag::SET, &value)].concat()));
    };
    if let Some(name) = names.friendly_name {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        attribute(0x14, wrap(0x1e, &units));
    }
    if let Some(id) = names.local_key_id {
        attribute(0x15, wrap(tag::OCTET_STRING, id));
    }
    // A SET OF in DER is sorted by its encodings.
    attributes.sort_unstable();
    let mut fields = [identifier(&BAG_TYPES, &[kind]), wrap(0xa0, value)].concat();
    if !attributes.is_empty() {
        fields.extend(wrap(tag::SET, &attributes.concat()));
    }
    wrap(tag::SEQUENCE, &fields)
}

/// A bag with an encrypted private key; nothing for protections that are only read.
#[must_use]
pub fn shrouded_key_bag(key: &EncryptedKey, names: BagNames<'_>) -> Option<Vec<u8>> {
    Some(bag(2, &key.to_der()?, names))
}

/// A bag with a certificate.
#[must_use]
pub fn certificate_bag(der: &[u8], names: BagNames<'_>) -> Vec<u8> {
    let value = wrap(0xa0, &wrap(tag::OCTET_STRING, der));
    bag(3, &wrap(tag::SEQUENCE, &[identifier(&PKCS9, &[0x16, 1]), value].concat()), names)
}

/// SafeContents.
#[must_use]
pub fn safe_contents(bags: &[Vec<u8>]) -> Vec<u8> {
    wrap(tag::SEQUENCE, &bags.concat())
}

/// A safe for everyone to read; the keys in it are encrypted one by one.
#[must_use]
pub fn plain_safe(safe_contents: &[u8]) -> Vec<u8> {
    content_info(1, &wrap(tag::OCTET_STRING, safe_contents))
}

/// A safe whose contents were encrypted so; nothing for protections that are only read.
#[must_use]
pub fn encrypted_safe(protection: &Protection, ciphertext: &[u8]) -> Option<Vec<u8>> {
    let content = [identifier(&PKCS7, &[1]), protection.to_der()?, wrap(0x80, ciphertext)].concat();
    let data = [VERSION_0.as_slice(), &wrap(tag::SEQUENCE, &content)].concat();
    Some(content_info(6, &wrap(tag::SEQUENCE, &data)))
}

fn content_info(kind: u8, content: &[u8]) -> Vec<u8> {
    wrap(tag::SEQUENCE, &[identifier(&PKCS7, &[kind]), wrap(0xa0, content)].concat())
}

/// All safes together: what the checksum is made of.
#[must_use]
pub fn authenticated_safe(safes: &[Vec<u8>]) -> Vec<u8> {
    wrap(tag::SEQUENCE, &safes.concat())
}

/// The file; nothing for checksums that are only read.
#[must_use]
pub fn archive(authenticated_safe: &[u8], mac: &Mac) -> Option<Vec<u8>> {
    let MacKind::Pkcs12 { digest, salt, iterations } = &mac.kind else { return None };
    let digest_info = wrap(tag::SEQUENCE, &[digest.to_der()?, wrap(tag::OCTET_STRING, &mac.value)].concat());
    let rounds = wrap(tag::INTEGER, &unsigned(*iterations));
    let mac_data = wrap(tag::SEQUENCE, &[digest_info, wrap(tag::OCTET_STRING, salt), rounds].concat());
    let content = content_info(1, &wrap(tag::OCTET_STRING, authenticated_safe));
    Some(wrap(tag::SEQUENCE, &[VERSION_3.as_slice(), &content, &mac_data].concat()))
}
