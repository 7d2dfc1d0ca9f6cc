//! Answers of PKCS#11 functions as facts.

use cryptoki::error::{Error, Rv, RvError};
use cryptoki_sys::{CK_RV, CKR_OK};

use super::error::TokenError;

/// Turns the value of a raw call into a result.
pub(crate) fn check(value: CK_RV, function: &'static str) -> Result<(), TokenError> {
    if value == CKR_OK {
        return Ok(());
    }
    match Rv::from(value) {
        Rv::Ok => Ok(()),
        Rv::Error(RvError::GeneralError) if value != cryptoki_sys::CKR_GENERAL_ERROR => {
            Err(TokenError::Pkcs11 { function: function.to_owned(), value: format!("{value:#x}") })
        }
        Rv::Error(refused) => Err(name(refused, function)),
    }
}

/// The fact behind an error of cryptoki.
pub(crate) fn of(error: &Error) -> TokenError {
    match error {
        Error::Pkcs11(refused, function) => name(*refused, &format!("C_{function:?}")),
        other => TokenError::Pkcs11 { function: "cryptoki".to_owned(), value: other.to_string() },
    }
}

fn name(refused: RvError, function: &str) -> TokenError {
    match refused {
        RvError::PinIncorrect | RvError::PinLenRange | RvError::PinInvalid => TokenError::PinIncorrect,
        RvError::PinLocked => TokenError::PinLocked,
        RvError::TokenNotPresent | RvError::TokenNotRecognized | RvError::DeviceRemoved | RvError::SlotIdInvalid => TokenError::TokenAbsent,
        RvError::UserNotLoggedIn => TokenError::NotLoggedIn,
        RvError::TokenWriteProtected => TokenError::WriteProtected { reason: "its files or their directory are not writable".to_owned() },
        RvError::SessionReadOnly | RvError::SessionReadOnlyExists => {
            TokenError::WriteProtected { reason: "it is opened for reading only".to_owned() }
        }
        RvError::ObjectHandleInvalid => TokenError::NotFound { what: "object (deleted by someone else meanwhile)".to_owned() },
        RvError::VendorDefined(value) => TokenError::Pkcs11 { function: function.to_owned(), value: format!("{value:#x}") },
        other => TokenError::Pkcs11 { function: function.to_owned(), value: format!("CKR_{}", screaming(&format!("{other:?}"))) },
    }
}

/// `GeneralError` → `GENERAL_ERROR`.
fn screaming(camel: &str) -> String {
    let mut text = String::with_capacity(camel.len() + 4);
    for (position, letter) in camel.chars().enumerate() {
        if position > 0 && letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

/// Whether the answer is the one that a lock held by another process causes (and a few other things).
pub(crate) fn may_be_a_lock(error: &TokenError) -> bool {
    matches!(error, TokenError::Pkcs11 { value, .. } if matches!(value.as_str(), "CKR_GENERAL_ERROR" | "CKR_DEVICE_ERROR" | "CKR_FUNCTION_FAILED" | "CKR_DEVICE_MEMORY" | "CKR_HOST_MEMORY"))
}

/// The answer to an attribute that is not signed as it should be.
pub(crate) fn bad_signature() -> TokenError {
    TokenError::Pkcs11 { function: "C_GetAttributeValue".to_owned(), value: "CKR_SIGNATURE_INVALID".to_owned() }
}

/// Whether an attribute does not carry the signature that the database made for it.
pub(crate) fn is_bad_signature(error: &TokenError) -> bool {
    matches!(error, TokenError::Pkcs11 { value, .. } if value == "CKR_SIGNATURE_INVALID")
}
