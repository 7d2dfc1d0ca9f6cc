//! Why a file that holds keys cannot be opened.

use certdeck_shared::keystore::KeystoreError;
use openssl::error::ErrorStack;
use thiserror::Error;

/// Why a file that holds keys cannot be opened, or a key not be kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyFileError {
    /// No password was given, and one is needed.
    #[error("the file is protected by a password")]
    PasswordRequired,
    /// The password is wrong.
    #[error("the password of the file is wrong")]
    PasswordIncorrect,
    /// The file opens, and a key in it does not.
    #[error("the password opens the file, but the key {name:?} in it has another one")]
    KeyPasswordIncorrect {
        /// Its name in the file.
        name: String,
    },
    /// The file breaks off, or was changed.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// The file is well made, and of a kind that is not read here.
    #[error("the file is not read here: {0}")]
    Unsupported(String),
    /// The key is broken, or of a kind that NSS does not keep.
    #[error("{0}")]
    KeyNotUsable(String),
    /// OpenSSL failed at something that cannot fail.
    #[error("OpenSSL failed: {0}")]
    Openssl(String),
}

impl From<KeystoreError> for KeyFileError {
    fn from(error: KeystoreError) -> Self {
        match error {
            KeystoreError::Damaged { .. } => Self::Damaged(error.to_string()),
            KeystoreError::Unsupported { what } => Self::Unsupported(what),
        }
    }
}

impl From<ErrorStack> for KeyFileError {
    fn from(error: ErrorStack) -> Self {
        let words = error.errors().iter().filter_map(openssl::error::Error::reason);
        Self::Openssl(words.collect::<Vec<_>>().join(", "))
    }
}
