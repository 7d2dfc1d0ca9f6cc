//! Encrypting and decrypting with a password.
//!
//! OpenSSL 3 keeps RC2, RC4 and DES in a provider of its own, `legacy.so`. It is loaded into a context of its own and only where such a
//! cipher is met: the rest of the process does not get to know these ciphers.

use certdeck_shared::keystore::protection::{Cipher as Algorithm, Digest, Protection};
use openssl::cipher::Cipher;
use openssl::cipher_ctx::CipherCtx;
use openssl::error::ErrorStack;
use openssl::lib_ctx::LibCtx;
use openssl::provider::Provider;
use zeroize::Zeroizing;

use super::derivation::{self, Purpose};
use super::error::KeyFileError;
use super::password::{Effort, Password};

/// OpenSSL's name, and the lengths of key and initialization vector in octets.
fn named(algorithm: Algorithm) -> Result<(&'static str, usize, usize), KeyFileError> {
    Ok(match algorithm {
        Algorithm::Aes(128) => ("AES-128-CBC", 16, 16),
        Algorithm::Aes(192) => ("AES-192-CBC", 24, 16),
        Algorithm::Aes(256) => ("AES-256-CBC", 32, 16),
        Algorithm::TripleDes => ("DES-EDE3-CBC", 24, 8),
        Algorithm::TwoKeyTripleDes => ("DES-EDE3-CBC", 16, 8),
        Algorithm::Des => ("DES-CBC", 8, 8),
        Algorithm::Rc2(40) => ("RC2-40-CBC", 5, 8),
        Algorithm::Rc2(64) => ("RC2-64-CBC", 8, 8),
        Algorithm::Rc2(128) => ("RC2-CBC", 16, 8),
        Algorithm::Rc4(40) => ("RC4-40", 5, 0),
        Algorithm::Rc4(128) => ("RC4", 16, 0),
        Algorithm::Aes(_) | Algorithm::Rc2(_) | Algorithm::Rc4(_) => {
            return Err(KeyFileError::Unsupported(format!("it is encrypted with {algorithm}")));
        }
    })
}

/// The providers of a context; they go before it does.
struct Legacy {
    _legacy: Provider,
    _default: Provider,
    context: LibCtx,
}

impl Legacy {
    fn load(algorithm: Algorithm) -> Result<Self, KeyFileError> {
        let missing = |_: ErrorStack| {
            KeyFileError::Unsupported(format!(
                "{algorithm} needs OpenSSL's legacy provider (legacy.so), which is not installed; on Debian it is in libssl3 or openssl-provider-legacy"
            ))
        };
        let context = LibCtx::new()?;
        let legacy = Provider::load(Some(&context), "legacy").map_err(missing)?;
        Ok(Self { _legacy: legacy, _default: Provider::load(Some(&context), "default")?, context })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Encrypt,
    Decrypt,
}

/// Decrypts; nothing when the password is wrong, as far as the padding tells.
pub(super) fn decrypt(
    protection: &Protection,
    password: &Password,
    ciphertext: &[u8],
    effort: &Effort,
) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFileError> {
    run(protection, password, ciphertext, effort, Direction::Decrypt)
}

/// Encrypts.
pub(super) fn encrypt(protection: &Protection, password: &Password, plaintext: &[u8]) -> Result<Vec<u8>, KeyFileError> {
    let encrypted = run(protection, password, plaintext, &Effort::default(), Direction::Encrypt)?;
    encrypted.map(|octets| octets.to_vec()).ok_or_else(|| KeyFileError::Openssl("nothing was encrypted".to_owned()))
}

fn run(
    protection: &Protection,
    password: &Password,
    input: &[u8],
    effort: &Effort,
    direction: Direction,
) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFileError> {
    let algorithm = protection.cipher();
    let (name, key_length, vector_length) = named(algorithm)?;
    let (mut key, vector) = key_and_vector(protection, password, key_length, vector_length, effort)?;
    if algorithm == Algorithm::TwoKeyTripleDes {
        let first = Zeroizing::new(key.get(..8).unwrap_or_default().to_vec());
        key = Zeroizing::new([key.as_slice(), &first].concat());
    }
    if vector.len() != vector_length {
        return Err(KeyFileError::Damaged("the initialization vector is not as long as a block of the cipher".to_owned()));
    }
    let legacy = if algorithm.is_broken() { Some(Legacy::load(algorithm)?) } else { None };
    let cipher = Cipher::fetch(legacy.as_ref().map(|legacy| &*legacy.context), name, None)?;
    let vector = if vector.is_empty() { None } else { Some(vector.as_slice()) };
    let mut context = CipherCtx::new()?;
    match direction {
        Direction::Encrypt => context.encrypt_init(Some(&cipher), Some(&key), vector)?,
        Direction::Decrypt => context.decrypt_init(Some(&cipher), Some(&key), vector)?,
    }
    let mut output = Zeroizing::new(Vec::with_capacity(input.len() + 2 * 16));
    let done = context.cipher_update_vec(input, &mut output).and_then(|_| context.cipher_final_vec(&mut output));
    match (done, direction) {
        (Ok(_), _) => Ok(Some(output)),
        (Err(_), Direction::Decrypt) => Ok(None),
        (Err(error), Direction::Encrypt) => Err(error.into()),
    }
}

fn key_and_vector(
    protection: &Protection,
    password: &Password,
    key_length: usize,
    vector_length: usize,
    effort: &Effort,
) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), KeyFileError> {
    match protection {
        Protection::Pkcs12 { salt, iterations, .. } => {
            effort.spend(iterations.saturating_mul(2))?;
            let derive = |purpose, length| derivation::pkcs12(Digest::Sha1, purpose, &password.wide, salt, *iterations, length);
            Ok((derive(Purpose::Key, key_length), derive(Purpose::Vector, vector_length).to_vec()))
        }
        Protection::Pbes1 { digest, salt, iterations, .. } => {
            effort.spend(*iterations)?;
            let derived = derivation::pbkdf1(*digest, &password.narrow, salt, *iterations);
            let part = |from: usize, length: usize| derived.get(from..from + length).unwrap_or_default().to_vec();
            Ok((part(0, key_length).into(), part(key_length, vector_length)))
        }
        Protection::Pbes2 { derivation, vector, .. } => Ok((derivation::key(derivation, password, key_length, effort)?, vector.clone())),
    }
}
