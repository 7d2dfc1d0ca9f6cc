//! The checksum of a PKCS#12 file: made with the password, it tells a wrong password and a changed file.

use certdeck_shared::keystore::pkcs12::{Mac, MacKind};
use certdeck_shared::keystore::protection::Derivation;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::derivation::{self, Purpose, message_digest};
use super::error::KeyFileError;
use super::password::{Effort, Password};

/// Octets of a key for PBMAC1: from what is safe to the longest block of a digest.
const PBMAC1_KEY: std::ops::RangeInclusive<usize> = 20..=128;

/// Whether the checksum is the one that this password makes.
pub(super) fn is_right(mac: &Mac, password: &Password, content: &[u8], effort: &Effort) -> Result<bool, KeyFileError> {
    let value = value(&mac.kind, password, content, effort)?;
    Ok(value.len() == mac.value.len() && memcmp::eq(&value, &mac.value))
}

/// The checksum that this password makes.
pub(super) fn value(kind: &MacKind, password: &Password, content: &[u8], effort: &Effort) -> Result<Vec<u8>, KeyFileError> {
    let (key, digest) = match kind {
        MacKind::Pkcs12 { digest, salt, iterations } => {
            effort.spend(*iterations)?;
            let length = message_digest(*digest).size();
            (derivation::pkcs12(*digest, Purpose::Mac, &password.wide, salt, *iterations, length), digest)
        }
        MacKind::Pbmac1 { derivation, digest } => {
            let length = match derivation {
                Derivation::Pbkdf2 { key_length: Some(named), .. } => usize::try_from(*named).unwrap_or(usize::MAX),
                _ => message_digest(*digest).size(),
            };
            if !PBMAC1_KEY.contains(&length) {
                return Err(KeyFileError::Unsupported(format!("its checksum is made with a key of {length} octets")));
            }
            (derivation::key(derivation, password, length, effort)?, digest)
        }
    };
    let key = PKey::hmac(&key)?;
    Ok(Signer::new(message_digest(*digest), &key)?.sign_oneshot_to_vec(content)?)
}
