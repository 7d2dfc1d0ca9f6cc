//! From password and salt to key.

use certdeck_shared::keystore::protection::{Derivation, Digest};
use md5::Md5;
use openssl::hash::MessageDigest;
use openssl::pkcs5;
use sha1::Sha1;
use sha2::digest::Digest as Hash;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::error::KeyFileError;
use super::password::{Effort, Password};

/// Memory that scrypt may take: what `openssl pkcs8 -scrypt` asks for, four times over.
const SCRYPT_MEMORY: u64 = 64 * 1024 * 1024;

/// What a derived value is for (RFC 7292 appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Vector = 2,
    Mac = 3,
}

/// OpenSSL's name for a digest.
pub(super) fn message_digest(digest: Digest) -> MessageDigest {
    match digest {
        Digest::Md5 => MessageDigest::md5(),
        Digest::Sha1 => MessageDigest::sha1(),
        Digest::Sha224 => MessageDigest::sha224(),
        Digest::Sha256 => MessageDigest::sha256(),
        Digest::Sha384 => MessageDigest::sha384(),
        Digest::Sha512 => MessageDigest::sha512(),
    }
}

/// PKCS#12's own derivation (RFC 7292 appendix B.2), which OpenSSL keeps to itself.
pub(super) fn pkcs12(digest: Digest, purpose: Purpose, password: &[u8], salt: &[u8], iterations: u32, length: usize) -> Zeroizing<Vec<u8>> {
    let parameters = (purpose as u8, password, salt, iterations, length);
    match digest {
        Digest::Md5 => spread::<Md5>(64, parameters),
        Digest::Sha1 => spread::<Sha1>(64, parameters),
        Digest::Sha224 => spread::<Sha224>(64, parameters),
        Digest::Sha256 => spread::<Sha256>(64, parameters),
        Digest::Sha384 => spread::<Sha384>(128, parameters),
        Digest::Sha512 => spread::<Sha512>(128, parameters),
    }
}

fn spread<H: Hash>(block: usize, (purpose, password, salt, iterations, length): (u8, &[u8], &[u8], u32, usize)) -> Zeroizing<Vec<u8>> {
    let filled = |source: &[u8]| -> Vec<u8> {
        let blocks = source.len().div_ceil(block);
        source.iter().copied().cycle().take(blocks * block).collect()
    };
    let mut input = Zeroizing::new([filled(salt), filled(password)].concat());
    let mut key = Zeroizing::new(Vec::with_capacity(length));
    loop {
        let mut hash = H::new().chain_update(vec![purpose; block]).chain_update(input.as_slice()).finalize();
        for _ in 1..iterations {
            hash = H::digest(&hash);
        }
        let wanted = hash.len().min(length - key.len());
        key.extend_from_slice(hash.get(..wanted).unwrap_or_default());
        if key.len() == length {
            return key;
        }
        for piece in input.chunks_mut(block) {
            let mut carry = 1;
            for (place, octet) in piece.iter_mut().enumerate().rev() {
                let sum = u16::from(*octet) + u16::from(hash[place % hash.len()]) + carry;
                *octet = sum as u8;
                carry = sum >> 8;
            }
        }
    }
}

/// The derivation of PKCS#5 version 1.5: digest upon digest.
pub(super) fn pbkdf1(digest: Digest, password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    fn repeat<H: Hash>(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
        let mut hash = H::new().chain_update(password).chain_update(salt).finalize();
        for _ in 1..iterations {
            hash = H::digest(&hash);
        }
        hash.to_vec().into()
    }
    if digest == Digest::Md5 { repeat::<Md5>(password, salt, iterations) } else { repeat::<Sha1>(password, salt, iterations) }
}

/// PBKDF2 or scrypt; a file that names another length of the key than its cipher has is damaged.
pub(super) fn key(
    derivation: &Derivation,
    password: &Password,
    length: usize,
    effort: &Effort,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let mut key = Zeroizing::new(vec![0; length]);
    match derivation {
        Derivation::Pbkdf2 { salt, iterations, key_length, digest } => {
            if key_length.is_some_and(|named| usize::try_from(named).ok() != Some(length)) {
                return Err(KeyFileError::Damaged("the key derivation names a length that is not that of the cipher's key".to_owned()));
            }
            effort.spend(*iterations)?;
            let rounds = usize::try_from(*iterations).unwrap_or(usize::MAX);
            pkcs5::pbkdf2_hmac(&password.narrow, salt, rounds, message_digest(*digest), &mut key)?;
        }
        Derivation::Scrypt { salt, cost, block_size, parallelization } => {
            let refused = |_| KeyFileError::Unsupported("it asks for scrypt with more memory than is given here".to_owned());
            // What scrypt costs in time is its memory, times p.
            let rounds = cost.saturating_mul(*block_size).saturating_mul(*parallelization);
            effort.spend(u32::try_from(rounds).unwrap_or(u32::MAX))?;
            pkcs5::scrypt(&password.narrow, salt, *cost, *block_size, *parallelization, SCRYPT_MEMORY, &mut key).map_err(refused)?;
        }
    }
    Ok(key)
}
