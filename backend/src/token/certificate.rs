//! What NSS stores beside a certificate, read from its DER.

use sha1::{Digest, Sha1};

use super::{
    der::{self, BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE, SET},
    error::TokenError,
};

const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSASSA_PSS: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const DSA: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
const EMAIL_ADDRESS: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01];
const MAIL: [u8; 10] = [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x03];
const SUBJECT_ALTERNATIVE_NAME: [u8; 3] = [0x55, 0x1d, 0x11];

/// Parts of a certificate as a PKCS#11 object has them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CertificateParts {
    /// The INTEGER, with tag and length.
    pub(crate) serial_number: Vec<u8>,
    /// The Name, DER.
    pub(crate) issuer: Vec<u8>,
    /// The Name, DER.
    pub(crate) subject: Vec<u8>,
    /// CKA_ID of its key pair.
    pub(crate) key_id: Vec<u8>,
    /// CKA_NSS_EMAIL: the first address, in lower case.
    pub(crate) email: Option<Vec<u8>>,
}

impl CertificateParts {
    /// Reads a certificate, which must be the whole input.
    pub(crate) fn read(certificate: &[u8]) -> Result<Self, TokenError> {
        read(certificate).map_err(|reason| TokenError::NotACertificate { reason })
    }
}

fn read(certificate: &[u8]) -> Result<CertificateParts, String> {
    let mut whole = Reader::new(certificate);
    let outer = whole.expect(SEQUENCE, "Certificate")?;
    whole.end("Certificate")?;
    let mut fields = Reader::new(outer.content);
    let to_be_signed = fields.expect(SEQUENCE, "tbsCertificate")?;
    fields.expect(SEQUENCE, "signatureAlgorithm")?;
    fields.expect(BIT_STRING, "signatureValue")?;
    fields.end("Certificate")?;

    let mut fields = Reader::new(to_be_signed.content);
    if fields.next_is(0xa0) {
        fields.any()?;
    }
    let serial_number = fields.expect(INTEGER, "serialNumber")?;
    fields.expect(SEQUENCE, "signature")?;
    let issuer = fields.expect(SEQUENCE, "issuer")?;
    fields.expect(SEQUENCE, "validity")?;
    let subject = fields.expect(SEQUENCE, "subject")?;
    let key = fields.expect(SEQUENCE, "subjectPublicKeyInfo")?;
    let mut extensions = None;
    while !fields.is_empty() {
        let element = fields.any()?;
        if element.tag == 0xa3 {
            extensions = Some(element.content);
        }
    }
    // An address that cannot be read is no reason to refuse a certificate: NSS leaves the attribute out as well.
    let email = address_in_name(subject.content)
        .unwrap_or_default()
        .or_else(|| extensions.and_then(|list| address_in_extensions(list).unwrap_or_default()))
        .map(|address| address.to_ascii_lowercase());
    Ok(CertificateParts {
        serial_number: serial_number.whole.to_vec(),
        issuer: issuer.whole.to_vec(),
        subject: subject.whole.to_vec(),
        key_id: key_id(key.whole)?,
        email,
    })
}

/// CKA_ID that NSS gives a public key: SHA-1 of the modulus without leading zero, of the point, or of DSA's y.
pub(crate) fn key_id(subject_public_key_info: &[u8]) -> Result<Vec<u8>, String> {
    let mut whole = Reader::new(subject_public_key_info);
    let mut fields = Reader::new(whole.expect(SEQUENCE, "subjectPublicKeyInfo")?.content);
    let mut algorithm = Reader::new(fields.expect(SEQUENCE, "algorithm")?.content);
    let identifier = algorithm.expect(OBJECT_IDENTIFIER, "algorithm")?.content;
    let bits = fields.expect(BIT_STRING, "subjectPublicKey")?.content;
    let Some((0, key)) = bits.split_first() else { return Err("subjectPublicKey: not whole octets".to_owned()) };
    let value = if identifier == RSA_ENCRYPTION || identifier == RSASSA_PSS {
        let mut numbers = Reader::new(Reader::new(key).expect(SEQUENCE, "RSAPublicKey")?.content);
        without_leading_zero(numbers.expect(INTEGER, "modulus")?.content)
    } else if identifier == DSA {
        without_leading_zero(Reader::new(key).expect(INTEGER, "DSAPublicKey")?.content)
    } else {
        key
    };
    Ok(Sha1::digest(value).to_vec())
}

pub(crate) fn without_leading_zero(number: &[u8]) -> &[u8] {
    match number.split_first() {
        Some((0, rest)) if !rest.is_empty() => rest,
        _ => number,
    }
}

fn address_in_name(name: &[u8]) -> Result<Option<Vec<u8>>, String> {
    for wanted in [&EMAIL_ADDRESS[..], &MAIL[..]] {
        let mut relative_names = Reader::new(name);
        while !relative_names.is_empty() {
            let mut attributes = Reader::new(relative_names.expect(SET, "RelativeDistinguishedName")?.content);
            while !attributes.is_empty() {
                let mut attribute = Reader::new(attributes.expect(SEQUENCE, "AttributeTypeAndValue")?.content);
                let kind = attribute.expect(OBJECT_IDENTIFIER, "type")?;
                let value = attribute.any()?;
                if kind.content == wanted && !value.content.is_empty() {
                    return Ok(Some(value.content.to_vec()));
                }
            }
        }
    }
    Ok(None)
}

fn address_in_extensions(extensions: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let mut list = Reader::new(Reader::new(extensions).expect(SEQUENCE, "extensions")?.content);
    while !list.is_empty() {
        let mut extension = Reader::new(list.expect(SEQUENCE, "Extension")?.content);
        if extension.expect(OBJECT_IDENTIFIER, "extnID")?.content != SUBJECT_ALTERNATIVE_NAME {
            continue;
        }
        let mut value = extension.any()?;
        if value.tag != OCTET_STRING {
            value = extension.expect(OCTET_STRING, "extnValue")?;
        }
        let mut names = Reader::new(der::exactly(value.content, SEQUENCE, "subjectAltName")?.content);
        while !names.is_empty() {
            let name = names.any()?;
            if name.tag == 0x81 {
                return Ok(Some(name.content.to_vec()));
            }
            if name.tag == 0xa4 {
                let inner = Reader::new(name.content).expect(SEQUENCE, "directoryName")?;
                if let Some(address) = address_in_name(inner.content)? {
                    return Ok(Some(address));
                }
            }
        }
    }
    Ok(None)
}
