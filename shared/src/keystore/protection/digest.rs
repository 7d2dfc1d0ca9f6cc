//! Digests, alone or in an HMAC.

use super::super::KeystoreError;
use super::identifiers::{NIST_DIGEST, RSADSI, SHA1, identifier};
use crate::x509::der::{Element, tag, wrap};
use crate::x509::oid;

/// A digest, alone or in HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Digest {
    /// Reads the AlgorithmIdentifier of a plain digest.
    pub(in crate::keystore) fn read(algorithm: Element<'_>) -> Result<Self, KeystoreError> {
        let (identifier, _) = identifier(algorithm)?;
        let nist = identifier.strip_prefix(&NIST_DIGEST);
        Ok(match nist {
            Some([1]) => Self::Sha256,
            Some([2]) => Self::Sha384,
            Some([3]) => Self::Sha512,
            Some([4]) => Self::Sha224,
            None if identifier == SHA1 => Self::Sha1,
            None if identifier.strip_prefix(&RSADSI) == Some(&[2, 5]) => Self::Md5,
            _ => return Err(KeystoreError::unsupported(format!("its digest is not known here ({})", oid::dotted(identifier)))),
        })
    }

    /// AlgorithmIdentifier, DER; only SHA-1 and SHA-256 are written.
    pub(in crate::keystore) fn to_der(self) -> Option<Vec<u8>> {
        let identifier = match self {
            Self::Sha1 => SHA1.to_vec(),
            Self::Sha256 => [NIST_DIGEST.as_slice(), &[1]].concat(),
            _ => return None,
        };
        Some(wrap(tag::SEQUENCE, &[wrap(tag::OID, &identifier), vec![5, 0]].concat()))
    }

    /// Reads the AlgorithmIdentifier of an HMAC.
    pub(in crate::keystore) fn of_hmac(algorithm: Element<'_>) -> Result<Self, KeystoreError> {
        let (identifier, _) = identifier(algorithm)?;
        Ok(match identifier.strip_prefix(&RSADSI) {
            Some([2, 7]) => Self::Sha1,
            Some([2, 8]) => Self::Sha224,
            Some([2, 9]) => Self::Sha256,
            Some([2, 10]) => Self::Sha384,
            Some([2, 11]) => Self::Sha512,
            _ => return Err(KeystoreError::unsupported(format!("its HMAC is not known here ({})", oid::dotted(identifier)))),
        })
    }
}
