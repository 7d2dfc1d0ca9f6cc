//! From password to key.

use super::super::{InPart as _, KeystoreError, ber};
use super::digest::Digest;
use super::identifiers::{PKCS5, SCRYPT, identifier};
use super::numbers::number;
use crate::x509::der::{DerError, Element, Reader, tag};
use crate::x509::oid;

/// More rounds than any real file asks for. A file that asks for more would keep a processor busy for minutes.
pub const MOST_ITERATIONS: u32 = 5_000_000;

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

impl Derivation {
    pub(in crate::keystore) fn read(algorithm: Element<'_>) -> Result<Self, KeystoreError> {
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

pub(super) fn salt_and_iterations(parameters: Option<Element<'_>>) -> Result<(Vec<u8>, u32), KeystoreError> {
    let mut fields = parameters.ok_or(DerError::Truncated).part("parameters of the encryption")?.reader();
    let salt = ber::octet_string(&mut fields).part("salt")?.to_vec();
    Ok((salt, iterations(&mut fields)?))
}

/// A number of rounds that a server can be asked for.
pub(in crate::keystore) fn iterations(fields: &mut Reader<'_>) -> Result<u32, KeystoreError> {
    let iterations = number(fields).part("iterations")?;
    match u32::try_from(iterations) {
        Ok(0) => Err(DerError::Malformed).part("iterations"),
        Ok(iterations) if iterations <= MOST_ITERATIONS => Ok(iterations),
        _ => Err(KeystoreError::unsupported(format!("it asks for {iterations} rounds; {MOST_ITERATIONS} are the most that are done here"))),
    }
}
