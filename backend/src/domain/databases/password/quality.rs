//! Which passwords a database may have.

use certdeck_shared::password;

use super::super::error::OperationError;

/// softoken takes no longer PIN, in octets.
const LONGEST: usize = 500;

/// Refuses what NSS or a password file cannot hold, and what is too weak unless that is accepted.
pub(in crate::domain::databases) fn check(text: &str, label: &str, accept_weak: bool, pointer: &'static str) -> Result<(), OperationError> {
    if text.len() > LONGEST {
        return Err(OperationError::invalid(pointer, format!("NSS takes at most {LONGEST} octets of a password.")));
    }
    if text.chars().any(char::is_control) {
        return Err(OperationError::invalid(pointer, "Line breaks and other control characters cannot stand in a password file."));
    }
    match password::weakness(text, label) {
        Some(weakness) if !accept_weak => Err(OperationError::PasswordWeak { pointer, why: weakness.to_string() }),
        _ => Ok(()),
    }
}
