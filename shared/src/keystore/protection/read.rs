//! Protections as they stand in files: everything that somebody writes or once wrote.

use super::super::{InPart as _, KeystoreError, ber};
use super::derivation::{Derivation, salt_and_iterations};
use super::identifiers::{DES_CBC, NIST_AES, PKCS5, PKCS12_PBE, RSADSI, identifier};
use super::numbers::number;
use super::{Cipher, Digest, Protection};
use crate::x509::der::{DerError, Element, tag};
use crate::x509::oid;

impl Protection {
    /// Reads an AlgorithmIdentifier.
    pub(in crate::keystore) fn read(algorithm: Element<'_>) -> Result<Self, KeystoreError> {
        let (identifier, parameters) = identifier(algorithm)?;
        let unknown =
            || KeystoreError::unsupported(format!("it is encrypted in a way that is not known here ({})", oid::dotted(identifier)));
        if let Some(&[number]) = identifier.strip_prefix(&PKCS12_PBE) {
            let cipher = match number {
                1 => Cipher::Rc4(128),
                2 => Cipher::Rc4(40),
                3 => Cipher::TripleDes,
                4 => Cipher::TwoKeyTripleDes,
                5 => Cipher::Rc2(128),
                6 => Cipher::Rc2(40),
                _ => return Err(unknown()),
            };
            let (salt, iterations) = salt_and_iterations(parameters)?;
            return Ok(Self::Pkcs12 { cipher, salt, iterations });
        }
        match identifier.strip_prefix(&PKCS5) {
            Some(&[13]) => pbes2(parameters),
            Some(&[number]) => {
                let (digest, cipher) = match number {
                    3 => (Digest::Md5, Cipher::Des),
                    6 => (Digest::Md5, Cipher::Rc2(64)),
                    10 => (Digest::Sha1, Cipher::Des),
                    11 => (Digest::Sha1, Cipher::Rc2(64)),
                    _ => return Err(unknown()),
                };
                let (salt, iterations) = salt_and_iterations(parameters)?;
                Ok(Self::Pbes1 { digest, cipher, salt, iterations })
            }
            _ => Err(unknown()),
        }
    }
}

fn pbes2(parameters: Option<Element<'_>>) -> Result<Protection, KeystoreError> {
    let mut fields = parameters.ok_or(DerError::Truncated).part("PBES2-params")?.reader();
    let derivation = Derivation::read(fields.expect(tag::SEQUENCE).part("keyDerivationFunc")?)?;
    let (identifier, parameters) = identifier(fields.expect(tag::SEQUENCE).part("encryptionScheme")?)?;
    let parameters = parameters.ok_or(DerError::Truncated).part("encryptionScheme")?;
    let cipher = match identifier.strip_prefix(&NIST_AES) {
        Some([2]) => Cipher::Aes(128),
        Some([22]) => Cipher::Aes(192),
        Some([42]) => Cipher::Aes(256),
        None if identifier == DES_CBC => Cipher::Des,
        None if identifier.strip_prefix(&RSADSI) == Some(&[3, 7]) => Cipher::TripleDes,
        None if identifier.strip_prefix(&RSADSI) == Some(&[3, 2]) => return rc2(derivation, parameters),
        _ => return Err(KeystoreError::unsupported(format!("its cipher is not known here ({})", oid::dotted(identifier)))),
    };
    let vector = ber::octets(parameters).part("initialization vector")?.to_vec();
    Ok(Protection::Pbes2 { derivation, cipher, vector })
}

/// RC2-CBC-Parameter (RFC 8018 appendix B.2.3): effective key bits in a code of their own.
fn rc2(derivation: Derivation, parameters: Element<'_>) -> Result<Protection, KeystoreError> {
    let mut fields = parameters.reader();
    let bits = match fields.peek() {
        Some(tag::INTEGER) => match number(&mut fields).part("rc2ParameterVersion")? {
            160 => 40,
            120 => 64,
            58 => 128,
            other => {
                return Err(KeystoreError::unsupported(format!("it is encrypted with RC2 of a strength that is not known here ({other})")));
            }
        },
        _ => 32,
    };
    let vector = ber::octet_string(&mut fields).part("initialization vector")?.to_vec();
    Ok(Protection::Pbes2 { derivation, cipher: Cipher::Rc2(bits), vector })
}
