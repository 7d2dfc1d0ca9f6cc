//! A private key that a password protects.

use super::super::{InPart as _, KeystoreError, ber};
use super::Protection;
use crate::x509::der::{Element, only, tag, wrap};

/// EncryptedPrivateKeyInfo (RFC 5208 section 6): a private key that a password protects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedKey {
    /// How.
    pub protection: Protection,
    /// The ciphertext.
    pub ciphertext: Vec<u8>,
}

impl EncryptedKey {
    /// Reads one that fills the bytes.
    ///
    /// # Errors
    /// When it is none, or protected in a way that is not known here.
    pub fn read(der: &[u8]) -> Result<Self, KeystoreError> {
        Self::from_element(only(der, tag::SEQUENCE).part("EncryptedPrivateKeyInfo")?)
    }

    pub(in crate::keystore) fn from_element(element: Element<'_>) -> Result<Self, KeystoreError> {
        let mut fields = element.reader();
        let protection = Protection::read(fields.expect(tag::SEQUENCE).part("encryptionAlgorithm")?)?;
        let ciphertext = ber::octet_string(&mut fields).part("encryptedData")?.to_vec();
        Ok(Self { protection, ciphertext })
    }

    /// DER; nothing for protections that are only read.
    #[must_use]
    pub fn to_der(&self) -> Option<Vec<u8>> {
        Some(wrap(tag::SEQUENCE, &[self.protection.to_der()?, wrap(tag::OCTET_STRING, &self.ciphertext)].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cipher, Derivation, Digest, MOST_ITERATIONS};
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let modern = Protection::Pbes2 {
            derivation: Derivation::Pbkdf2 { salt: vec![7; 16], iterations: 600_000, key_length: None, digest: Digest::Sha256 },
            cipher: Cipher::Aes(256),
            vector: vec![9; 16],
        };
        let legacy = Protection::Pkcs12 { cipher: Cipher::Rc2(40), salt: vec![1; 8], iterations: 2048 };
        for protection in [modern, legacy] {
            let key = EncryptedKey { protection, ciphertext: vec![0; 32] };
            assert_eq!(EncryptedKey::read(&key.to_der().unwrap()), Ok(key));
        }
    }

    #[test]
    fn more_rounds_than_anyone_waits_for_are_refused() {
        let protection = Protection::Pkcs12 { cipher: Cipher::TripleDes, salt: vec![1; 8], iterations: MOST_ITERATIONS + 1 };
        let key = EncryptedKey { protection, ciphertext: vec![0; 32] };
        assert!(matches!(EncryptedKey::read(&key.to_der().unwrap()), Err(KeystoreError::Unsupported { .. })));
    }
}
