//! The public half of a key pair, and what X.509 and NSS make of it.

use sha1::{Digest, Sha1};

use super::{
    certificate::without_leading_zero,
    der::{self, BIT_STRING, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE},
};

const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// id-Ed25519 (RFC 8410 section 3), content octets.
const ED25519_KEY: [u8; 3] = [0x2b, 0x65, 0x70];
const EC_PUBLIC_KEY: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// prime256v1 as an OBJECT IDENTIFIER, DER.
pub(crate) const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// secp384r1.
pub(crate) const P384: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
/// secp521r1.
pub(crate) const P521: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23];

/// Ed25519 as softoken names the curve: its OBJECT IDENTIFIER, DER.
pub(crate) const ED25519: [u8; 5] = [0x06, 0x03, 0x2b, 0x65, 0x70];
/// The same as SoftHSM names it: a PrintableString (PKCS#11 3.0 section 2.3.10 allows both).
pub(crate) const ED25519_BY_NAME: [u8; 14] = *b"\x13\x0cedwards25519";

/// Octets of a public key of Ed25519.
const ED25519_OCTETS: usize = 32;

/// The public half of a key pair.
#[derive(PartialEq, Eq)]
pub(crate) enum PublicValue {
    /// Modulus and exponent, big-endian.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// Curve (DER) and point (04‖X‖Y).
    Ec { curve: Vec<u8>, point: Vec<u8> },
    /// The point as RFC 8032 encodes it.
    Ed25519 { point: Vec<u8> },
}

impl PublicValue {
    /// SubjectPublicKeyInfo, DER.
    pub(crate) fn subject_public_key_info(&self) -> Vec<u8> {
        let (algorithm, key) = match self {
            Self::Rsa { modulus, exponent } => (
                der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&RSA_ENCRYPTION]), &der::element(NULL, &[])]),
                der::element(SEQUENCE, &[&der::unsigned(modulus), &der::unsigned(exponent)]),
            ),
            Self::Ec { curve, point } => {
                (der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&EC_PUBLIC_KEY]), curve]), point.clone())
            }
            Self::Ed25519 { point } => (der::element(SEQUENCE, &[&ED25519]), point.clone()),
        };
        der::element(SEQUENCE, &[&algorithm, &der::element(BIT_STRING, &[&[0], &key])])
    }

    /// From CKA_EC_PARAMS and CKA_EC_POINT, or what softoken keeps of it in the private key (CKA_NSS_DB).
    pub(crate) fn on_curve(curve: Vec<u8>, point: Vec<u8>) -> Self {
        if curve == ED25519 || curve == ED25519_BY_NAME {
            return Self::Ed25519 { point: bare_edwards_point(point) };
        }
        Self::Ec { curve, point: bare_point(point) }
    }

    /// Reads a SubjectPublicKeyInfo: RSA, EC on a named curve, or Ed25519.
    pub(crate) fn read(subject_public_key_info: &[u8]) -> Result<Self, String> {
        let mut fields = Reader::new(der::exactly(subject_public_key_info, SEQUENCE, "subjectPublicKeyInfo")?.content);
        let mut algorithm = Reader::new(fields.expect(SEQUENCE, "algorithm")?.content);
        let identifier = algorithm.expect(OBJECT_IDENTIFIER, "algorithm")?.content;
        let bits = fields.expect(BIT_STRING, "subjectPublicKey")?.content;
        let Some((0, key)) = bits.split_first() else { return Err("subjectPublicKey: not whole octets".to_owned()) };
        if identifier == RSA_ENCRYPTION {
            let mut numbers = Reader::new(der::exactly(key, SEQUENCE, "RSAPublicKey")?.content);
            let modulus = without_leading_zero(numbers.expect(INTEGER, "modulus")?.content).to_vec();
            let exponent = without_leading_zero(numbers.expect(INTEGER, "publicExponent")?.content).to_vec();
            return Ok(Self::Rsa { modulus, exponent });
        }
        if identifier == EC_PUBLIC_KEY {
            let curve = algorithm.expect(OBJECT_IDENTIFIER, "namedCurve")?.whole.to_vec();
            return Ok(Self::Ec { curve, point: key.to_vec() });
        }
        if identifier == ED25519_KEY && key.len() == ED25519_OCTETS {
            return Ok(Self::Ed25519 { point: key.to_vec() });
        }
        Err("neither an RSA key nor an EC key nor one of Ed25519".to_owned())
    }

    /// CKA_ID, as NSS makes it.
    pub(crate) fn id(&self) -> Vec<u8> {
        Sha1::digest(match self {
            Self::Rsa { modulus, .. } => without_leading_zero(modulus),
            Self::Ec { point, .. } | Self::Ed25519 { point } => point,
        })
        .to_vec()
    }

    /// Algorithm and size in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Rsa { modulus, .. } => {
                let significant = without_leading_zero(modulus);
                let unused = significant.first().map_or(0, |first| first.leading_zeros() as usize);
                format!("RSA {}", significant.len() * 8 - unused)
            }
            Self::Ec { curve, .. } if *curve == P256 => "EC P-256".to_owned(),
            Self::Ec { curve, .. } if *curve == P384 => "EC P-384".to_owned(),
            Self::Ec { curve, .. } if *curve == P521 => "EC P-521".to_owned(),
            Self::Ec { .. } => "EC".to_owned(),
            Self::Ed25519 { .. } => "Ed25519".to_owned(),
        }
    }
}

/// CKA_EC_POINT is the point in a DER OCTET STRING; CKA_NSS_DB is the point itself, which starts with 04 as well.
fn bare_point(value: Vec<u8>) -> Vec<u8> {
    match der::exactly(&value, OCTET_STRING, "point") {
        Ok(string) if string.content.first() == Some(&4) && string.content.len() % 2 == 1 => string.content.to_vec(),
        _ => value,
    }
}

/// softoken keeps the 32 octets themselves, others put them in a DER OCTET STRING.
fn bare_edwards_point(value: Vec<u8>) -> Vec<u8> {
    match der::exactly(&value, OCTET_STRING, "point") {
        Ok(string) if string.content.len() == ED25519_OCTETS => string.content.to_vec(),
        _ => value,
    }
}
