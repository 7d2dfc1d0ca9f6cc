//! Files that hold private keys: PKCS#12 (RFC 7292) and Java's JKS. Only how they are built: ciphers and randomness are the server's.

mod ber;
pub mod jks;
pub mod pkcs12;
pub mod protection;

use crate::x509::der::DerError;

/// Why a file that holds keys cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeystoreError {
    /// The bytes break off, or are not in the order of the format.
    #[error("{part} cannot be read ({reason})")]
    Damaged {
        /// The field, as the format's description names it.
        part: &'static str,
        /// Why.
        reason: DerError,
    },
    /// It is well made and of a kind that is not read here.
    #[error("{what}")]
    Unsupported {
        /// What it is, and the cure where there is one.
        what: String,
    },
}

impl KeystoreError {
    fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }
}

/// Names the part in which reading failed.
trait InPart<T> {
    fn part(self, part: &'static str) -> Result<T, KeystoreError>;
}

impl<T> InPart<T> for Result<T, DerError> {
    fn part(self, part: &'static str) -> Result<T, KeystoreError> {
        self.map_err(|reason| KeystoreError::Damaged { part, reason })
    }
}
