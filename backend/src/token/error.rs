//! What can go wrong with a token, as facts.

use serde::{Deserialize, Serialize};

/// Why a call to a token failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TokenError {
    /// The password is wrong.
    #[error("the password is wrong")]
    PinIncorrect,
    /// The token must be unlocked first.
    #[error("the token is locked; unlock it with its password first")]
    NotLoggedIn,
    /// The queue in front of the worker is full.
    #[error("the token is busy: too many calls are waiting for it")]
    Busy,
    /// No answer in time; the worker was ended. What it was doing may be half done.
    #[error("the token did not answer in time; its worker was restarted")]
    Timeout,
    /// The worker ended in the middle of the call. What it was doing may be half done.
    #[error("the token worker ended unexpectedly: {reason}")]
    Crashed {
        /// What is known about the end.
        reason: String,
    },
    /// The caller took the call back; everything done so far was put back.
    #[error("cancelled; nothing was changed")]
    Cancelled,
    /// The files or the directory cannot be written.
    #[error("the database cannot be written: {reason}")]
    WriteProtected {
        /// What is not writable.
        reason: String,
    },
    /// Another process holds the database's lock for too long.
    #[error("another process keeps the database locked")]
    DatabaseLocked,
    /// The database, or the library that reads it, cannot be used.
    #[error("the database cannot be used: {reason}")]
    Unusable {
        /// Why, and the cure where one is known.
        reason: String,
    },
    /// The library of a module cannot be used.
    #[error("the module cannot be used: {reason}")]
    ModuleUnusable {
        /// Why, and the cure where one is known.
        reason: String,
    },
    /// The token is not in its slot.
    #[error("the token is not there; it may have been taken out")]
    TokenAbsent,
    /// Too many wrong passwords were given to the token.
    #[error("the token has locked itself after too many wrong passwords; its security officer can set a new one")]
    PinLocked,
    /// The token does not take the new password.
    #[error("the token does not take the new password; it may be too short or too long for it")]
    PinRefused,
    /// The file system is full.
    #[error("the file system of the database is full")]
    DiskFull,
    /// A certificate with another subject has the nickname.
    #[error("a certificate with another subject has the nickname {nickname:?}")]
    NicknameTaken {
        /// The nickname asked for.
        nickname: String,
    },
    /// Another certificate of the same issuer has the serial number.
    #[error("another certificate of the same issuer has this serial number (nickname {nickname:?})")]
    SerialNumberReused {
        /// Nickname of the certificate that is there.
        nickname: Option<String>,
    },
    /// No such certificate or key.
    #[error("no such {what} in the token")]
    NotFound {
        /// "certificate", "private key".
        what: String,
    },
    /// The bytes given are no certificate.
    #[error("not a certificate: {reason}")]
    NotACertificate {
        /// Why.
        reason: String,
    },
    /// The worker does not sign these bytes.
    #[error("this is not signed: {reason}")]
    NotSignable {
        /// Why.
        reason: String,
    },
    /// The bytes given are no private key that softoken takes.
    #[error("not a private key that NSS keeps: {reason}")]
    NotAKey {
        /// Why.
        reason: String,
    },
    /// The private key never leaves its token.
    #[error("the private key never leaves its token (CKA_EXTRACTABLE is false)")]
    KeyUnextractable,
    /// There is a database already where one is to be created.
    #[error("there is a database already: {file}")]
    DatabaseExists {
        /// The file that is there.
        file: String,
    },
    /// The call failed half way, and putting back what was done failed as well.
    #[error("failed half way ({cause}), and what was done could not be put back ({rollback})")]
    NotPutBack {
        /// Why the call failed.
        cause: String,
        /// Why putting back failed.
        rollback: String,
    },
    /// Any other answer of the PKCS#11 library.
    #[error("{function} answered {value}")]
    Pkcs11 {
        /// PKCS#11 function.
        function: String,
        /// CKR_ name or number.
        value: String,
    },
}

impl TokenError {
    /// An `Unusable` with its reason.
    pub(crate) fn unusable(reason: impl Into<String>) -> Self {
        Self::Unusable { reason: reason.into() }
    }

    /// A `ModuleUnusable` for what another one said in words.
    pub(crate) fn unusable_module(words: &str) -> Self {
        let reason = words.strip_prefix("the module cannot be used: ").unwrap_or(words);
        Self::ModuleUnusable { reason: reason.to_owned() }
    }

    /// A `Crashed` with its reason.
    pub(crate) fn crashed(reason: impl Into<String>) -> Self {
        Self::Crashed { reason: reason.into() }
    }
}
