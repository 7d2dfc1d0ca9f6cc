//! How a password protects bytes: the AlgorithmIdentifiers of PKCS#5 (RFC 8018) and PKCS#12 (RFC 7292 appendix C).

mod cipher;
mod derivation;
mod digest;
mod encrypted_key;
mod identifiers;
mod numbers;
mod read;
mod write;

use std::fmt;

pub use cipher::Cipher;
pub use derivation::{Derivation, MOST_ITERATIONS};
pub use digest::Digest;
pub use encrypted_key::EncryptedKey;

pub(super) use derivation::iterations;
pub(super) use numbers::{number, unsigned};

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

impl Protection {
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
