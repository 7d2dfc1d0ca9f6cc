//! Sun's key protector: a key stream of SHA-1 over password and salt, and SHA-1 of password and key to tell a wrong password.

use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use super::super::{InPart as _, KeystoreError, ber};
use super::{DIGEST, utf16};
use crate::x509::der::{DerError, only, tag, wrap};
use crate::x509::oid;

/// 1.3.6.1.4.1.42.2.17.1.1
const KEY_PROTECTOR: [u8; 10] = [0x2b, 0x06, 0x01, 0x04, 0x01, 0x2a, 0x02, 0x11, 0x01, 0x01];

/// The key as PKCS#8; nothing when the password is wrong.
///
/// # Errors
/// `Damaged` when it is not in the form of a protected key; `Unsupported` for protectors of others.
pub fn reveal(protected: &[u8], password: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeystoreError> {
    let mut fields = only(protected, tag::SEQUENCE).part("protected key")?.reader();
    let mut algorithm = fields.expect(tag::SEQUENCE).part("algorithm of the protected key")?.reader();
    let identifier = algorithm.expect(tag::OID).part("algorithm of the protected key")?.content;
    if identifier != KEY_PROTECTOR {
        return Err(KeystoreError::unsupported(format!(
            "a key in it is protected in a way that is not known here ({})",
            oid::dotted(identifier)
        )));
    }
    let octets = ber::octet_string(&mut fields).part("protected key")?;
    let too_short = || DerError::Truncated;
    let (salt, rest) = octets.split_at_checked(DIGEST).ok_or_else(too_short).part("protected key")?;
    let length = rest.len().checked_sub(DIGEST).ok_or_else(too_short).part("protected key")?;
    let (hidden, check) = rest.split_at(length);
    let password = utf16(password);
    let key = masked(&password, salt, hidden);
    Ok(if checksum(&password, &key) == check { Some(key) } else { None })
}

/// Protects a key; the salt is random.
#[must_use]
pub fn protect(pkcs8: &[u8], password: &str, salt: [u8; DIGEST]) -> Vec<u8> {
    let password = utf16(password);
    let hidden = masked(&password, &salt, pkcs8);
    let octets = [salt.as_slice(), hidden.as_slice(), &checksum(&password, pkcs8)].concat();
    let algorithm = wrap(tag::SEQUENCE, &[wrap(tag::OID, &KEY_PROTECTOR), vec![5, 0]].concat());
    wrap(tag::SEQUENCE, &[algorithm, wrap(tag::OCTET_STRING, &octets)].concat())
}

fn checksum(password: &[u8], key: &[u8]) -> [u8; DIGEST] {
    Sha1::new().chain_update(password).chain_update(key).finalize().into()
}

/// Hiding and revealing are the same: exclusive or with the stream.
fn masked(password: &[u8], salt: &[u8], octets: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut result = Zeroizing::new(octets.to_vec());
    let mut block = salt.to_vec();
    for piece in result.chunks_mut(DIGEST) {
        block = Sha1::new().chain_update(password).chain_update(&block).finalize().to_vec();
        for (octet, mask) in piece.iter_mut().zip(&block) {
            *octet ^= mask;
        }
    }
    result
}
