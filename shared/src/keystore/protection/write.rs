//! Protections as they are written here.

use super::identifiers::{NIST_AES, PKCS5, PKCS12_PBE, RSADSI};
use super::numbers::unsigned;
use super::{Cipher, Derivation, Digest, Protection};
use crate::x509::der::{tag, wrap};

impl Protection {
    /// AlgorithmIdentifier, DER; only for what is written here: PBES2 with PBKDF2 and AES, and PKCS#12's 3DES and RC2.
    pub(in crate::keystore) fn to_der(&self) -> Option<Vec<u8>> {
        let integer = |value: u32| wrap(tag::INTEGER, &unsigned(value));
        match self {
            Self::Pkcs12 { cipher, salt, iterations } => {
                let number = match cipher {
                    Cipher::TripleDes => 3,
                    Cipher::Rc2(40) => 6,
                    _ => return None,
                };
                let parameters = [wrap(tag::OCTET_STRING, salt), integer(*iterations)].concat();
                let identifier = [PKCS12_PBE.as_slice(), &[number]].concat();
                Some(wrap(tag::SEQUENCE, &[wrap(tag::OID, &identifier), wrap(tag::SEQUENCE, &parameters)].concat()))
            }
            Self::Pbes2 { derivation: Derivation::Pbkdf2 { salt, iterations, digest, .. }, cipher: Cipher::Aes(bits), vector } => {
                let number = match digest {
                    Digest::Sha256 => 9,
                    Digest::Sha512 => 11,
                    _ => return None,
                };
                let aes = match bits {
                    128 => 2,
                    256 => 42,
                    _ => return None,
                };
                let identifier = |prefix: &[u8], rest: &[u8]| wrap(tag::OID, &[prefix, rest].concat());
                let hmac = wrap(tag::SEQUENCE, &[identifier(&RSADSI, &[2, number]), vec![5, 0]].concat());
                let pbkdf2 = wrap(tag::SEQUENCE, &[wrap(tag::OCTET_STRING, salt), integer(*iterations), hmac].concat());
                let derivation = wrap(tag::SEQUENCE, &[identifier(&PKCS5, &[12]), pbkdf2].concat());
                let scheme = wrap(tag::SEQUENCE, &[identifier(&NIST_AES, &[aes]), wrap(tag::OCTET_STRING, vector)].concat());
                let parameters = wrap(tag::SEQUENCE, &[derivation, scheme].concat());
                Some(wrap(tag::SEQUENCE, &[identifier(&PKCS5, &[13]), parameters].concat()))
            }
            Self::Pbes1 { .. } | Self::Pbes2 { .. } => None,
        }
    }
}
