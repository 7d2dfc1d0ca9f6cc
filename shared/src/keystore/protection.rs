//! How a password protects bytes: the AlgorithmIdentifiers of PKCS#5 (RFC 8018) and PKCS#12 (RFC 7292 appendix C).

use std::fmt;

use super::{InPart as _, KeystoreError, ber};
use crate::x509::der::{DerError, Element, Reader, only, tag, wrap};
use crate::x509::oid;

/// More rounds than any real file asks for. A file that asks for more would keep a processor busy for minutes.
pub const MOST_ITERATIONS: u32 = 5_000_000;

/// How a password becomes a key, and what the key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protection {
    /// PKCS#12's own derivation.
    Pkcs12 {
        /// Cipher.
        cipher: Cipher,
        /// Salt.
        salt: Vec<u8>,
        /// Rounds.
        iterations: u32,
    },
    /// PKCS#5 version 1.5.
    Pbes1 {
        /// Digest of the derivation.
        digest: Digest,
        /// Cipher.
        cipher: Cipher,
        /// Salt.
        salt: Vec<u8>,
        /// Rounds.
        iterations: u32,
    },
    /// PKCS#5 version 2.
    Pbes2 {
        /// From password to key.
        derivation: Derivation,
        /// Cipher.
        cipher: Cipher,
        /// Initialization vector.
        vector: Vec<u8>,
    },
}

/// A cipher in CBC mode, or RC4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// RC4 with a key of so many bits.
    Rc4(u32),
    /// RC2 with so many effective bits.
    Rc2(u32),
    /// DES.
    Des,
    /// Triple DES with two keys.
    TwoKeyTripleDes,
    /// Triple DES.
    TripleDes,
    /// AES with a key of so many bits.
    Aes(u32),
}

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

/// From password to key in PBES2 and PBMAC1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derivation {
    /// PBKDF2 (RFC 8018 section 5.2).
    Pbkdf2 {
        /// Salt.
        salt: Vec<u8>,
        /// Rounds.
        iterations: u32,
        /// Length of the key in octets, where the file names it.
        key_length: Option<u32>,
        /// Digest of the HMAC.
        digest: Digest,
    },
    /// scrypt (RFC 7914).
    Scrypt {
        /// Salt.
        salt: Vec<u8>,
        /// N.
        cost: u64,
        /// r.
        block_size: u64,
        /// p.
        parallelization: u64,
    },
}

const PKCS5: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05];
const PKCS12_PBE: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01];
const SCRYPT: [u8; 9] = [0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b];
const RSADSI: [u8; 6] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d];
const NIST_AES: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01];
const NIST_DIGEST: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
const DES_CBC: [u8; 5] = [0x2b, 0x0e, 0x03, 0x02, 0x07];
const SHA1: [u8; 5] = [0x2b, 0x0e, 0x03, 0x02, 0x1a];

impl Protection {
    /// Reads an AlgorithmIdentifier.
    pub(super) fn read(algorithm: Element<'_>) -> Result<Self, KeystoreError> {
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

    /// AlgorithmIdentifier, DER; only for what is written here: PBES2 with PBKDF2 and AES, and PKCS#12's 3DES and RC2.
    pub(super) fn to_der(&self) -> Option<Vec<u8>> {
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

    /// The cipher.
    #[must_use]
    pub fn cipher(&self) -> Cipher {
        match self {
            Self::Pkcs12 { cipher, .. } | Self::Pbes1 { cipher, .. } | Self::Pbes2 { cipher, .. } => *cipher,
        }
    }

    /// Rounds of the derivation; scrypt counts otherwise.
    #[must_use]
    pub fn iterations(&self) -> Option<u32> {
        match self {
            Self::Pkcs12 { iterations, .. } | Self::Pbes1 { iterations, .. } => Some(*iterations),
            Self::Pbes2 { derivation: Derivation::Pbkdf2 { iterations, .. }, .. } => Some(*iterations),
            Self::Pbes2 { derivation: Derivation::Scrypt { .. }, .. } => None,
        }
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.cipher())?;
        match self.iterations() {
            Some(iterations) => write!(formatter, ", {iterations} rounds"),
            None => formatter.write_str(", scrypt"),
        }
    }
}

impl Cipher {
    /// Whether a patient reader breaks it without the password.
    #[must_use]
    pub fn is_broken(self) -> bool {
        matches!(self, Self::Rc4(_) | Self::Rc2(_) | Self::Des)
    }
}

impl fmt::Display for Cipher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rc4(bits) => write!(formatter, "RC4-{bits}"),
            Self::Rc2(bits) => write!(formatter, "RC2-{bits}"),
            Self::Des => formatter.write_str("DES"),
            Self::TwoKeyTripleDes => formatter.write_str("two-key 3DES"),
            Self::TripleDes => formatter.write_str("3DES"),
            Self::Aes(bits) => write!(formatter, "AES-{bits}"),
        }
    }
}

impl Digest {
    /// Reads the AlgorithmIdentifier of a plain digest.
    pub(super) fn read(algorithm: Element<'_>) -> Result<Self, KeystoreError> {
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
    pub(super) fn to_der(self) -> Option<Vec<u8>> {
        let identifier = match self {
            Self::Sha1 => SHA1.to_vec(),
            Self::Sha256 => [NIST_DIGEST.as_slice(), &[1]].concat(),
            _ => return None,
        };
        Some(wrap(tag::SEQUENCE, &[wrap(tag::OID, &identifier), vec![5, 0]].concat()))
    }

    /// Reads the AlgorithmIdentifier of an HMAC.
    pub(super) fn of_hmac(algorithm: Element<'_>) -> Result<Self, KeystoreError> {
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

impl Derivation {
    pub(super) fn read(algorithm: Element<'_>) -> Result<Self, KeystoreError> {
        let (identifier, parameters) = identifier(algorithm)?;
        let parameters = parameters.ok_or(DerError::Truncated).part("parameters of the derivation")?;
        let mut fields = parameters.reader();
        if identifier.strip_prefix(&PKCS5) == Some(&[12]) {
            let salt = ber::octet_string(&mut fields).part("salt")?.to_vec();
            let iterations = iterations(&mut fields)?;
            let key_length = match fields.peek() {
                Some(tag::INTEGER) => u32::try_from(number(&mut fields).part("keyLength")?).ok(),
                _ => None,
            };
            let digest = match fields.peek() {
                Some(tag::SEQUENCE) => Digest::of_hmac(fields.next().part("prf")?)?,
                _ => Digest::Sha1,
            };
            return Ok(Self::Pbkdf2 { salt, iterations, key_length, digest });
        }
        if identifier == SCRYPT {
            let salt = ber::octet_string(&mut fields).part("salt")?.to_vec();
            let mut next = |part| number(&mut fields).part(part);
            return Ok(Self::Scrypt { salt, cost: next("N")?, block_size: next("r")?, parallelization: next("p")? });
        }
        Err(KeystoreError::unsupported(format!("its key derivation is not known here ({})", oid::dotted(identifier))))
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

/// The OBJECT IDENTIFIER's content, and the parameters if there are any.
fn identifier(algorithm: Element<'_>) -> Result<(&[u8], Option<Element<'_>>), KeystoreError> {
    let mut fields = algorithm.reader();
    let identifier = fields.expect(tag::OID).part("algorithm")?.content;
    let parameters = if fields.is_empty() { None } else { Some(fields.next().part("parameters")?) };
    Ok((identifier, parameters))
}

fn salt_and_iterations(parameters: Option<Element<'_>>) -> Result<(Vec<u8>, u32), KeystoreError> {
    let mut fields = parameters.ok_or(DerError::Truncated).part("parameters of the encryption")?.reader();
    let salt = ber::octet_string(&mut fields).part("salt")?.to_vec();
    Ok((salt, iterations(&mut fields)?))
}

/// A number of rounds that a server can be asked for.
pub(super) fn iterations(fields: &mut Reader<'_>) -> Result<u32, KeystoreError> {
    let iterations = number(fields).part("iterations")?;
    match u32::try_from(iterations) {
        Ok(0) => Err(DerError::Malformed).part("iterations"),
        Ok(iterations) if iterations <= MOST_ITERATIONS => Ok(iterations),
        _ => Err(KeystoreError::unsupported(format!("it asks for {iterations} rounds; {MOST_ITERATIONS} are the most that are done here"))),
    }
}

/// A non-negative INTEGER of at most eight octets.
pub(super) fn number(fields: &mut Reader<'_>) -> Result<u64, DerError> {
    let content = fields.expect(tag::INTEGER)?.content;
    match content {
        [] => Err(DerError::Malformed),
        [first, ..] if *first >= 0x80 => Err(DerError::Malformed),
        [0, rest @ ..] | rest if rest.len() <= 8 => Ok(rest.iter().fold(0, |value, &octet| value << 8 | u64::from(octet))),
        _ => Err(DerError::TooLarge),
    }
}

/// Content of a non-negative INTEGER.
pub(super) fn unsigned(value: u32) -> Vec<u8> {
    let octets = [&[0_u8], value.to_be_bytes().as_slice()].concat();
    let mut first = 0;
    while first + 1 < octets.len() && octets[first] == 0 && octets[first + 1] < 0x80 {
        first += 1;
    }
    octets.get(first..).unwrap_or_default().to_vec()
}

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

    pub(super) fn from_element(element: Element<'_>) -> Result<Self, KeystoreError> {
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
    fn numbers_are_minimal() {
        let cases: [(u32, &[u8]); 5] =
            [(0, &[0]), (127, &[0x7f]), (128, &[0, 0x80]), (600_000, &[9, 0x27, 0xc0]), (u32::MAX, &[0, 0xff, 0xff, 0xff, 0xff])];
        for (value, octets) in cases {
            assert_eq!(unsigned(value), octets);
        }
    }

    #[test]
    fn more_rounds_than_anyone_waits_for_are_refused() {
        let protection = Protection::Pkcs12 { cipher: Cipher::TripleDes, salt: vec![1; 8], iterations: MOST_ITERATIONS + 1 };
        let key = EncryptedKey { protection, ciphertext: vec![0; 32] };
        assert!(matches!(EncryptedKey::read(&key.to_der().unwrap()), Err(KeystoreError::Unsupported { .. })));
    }
}
