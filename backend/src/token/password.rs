//! The change of a database's password.

use cryptoki::types::AuthPin;

use super::{desk, error::TokenError, refusal, secret::Secret, slots::Slots};

/// Most octets of a password: what is longer, NSS cuts off or refuses.
const LONGEST: usize = 500;

/// Changes the password: one transaction in key4.db, which writes all keys and all signatures of trust anew. Leaves the token unlocked.
pub(crate) fn change(slots: &mut Slots, current: &Secret, new: &Secret) -> Result<(), TokenError> {
    if new.reveal().len() > LONGEST || new.reveal().contains('\0') {
        return Err(TokenError::PinRefused);
    }
    let (_, login_required) = slots.reader()?.token()?;
    if login_required {
        desk::login(slots, current)?;
    } else if !current.is_empty() {
        return Err(TokenError::PinIncorrect);
    }
    let pins = [current, new].map(|secret| AuthPin::from(secret.reveal().to_owned()));
    let [current_pin, new_pin] = &pins;
    slots.writer()?.raw().set_pin(current_pin, new_pin).map_err(|error| match refusal::of(&error) {
        // The present one has been proved right by the login.
        TokenError::PinIncorrect => TokenError::PinRefused,
        other => other,
    })?;
    // Slots keep what they know of the old password; opened anew, they know the new one.
    slots.close();
    if !new.is_empty()
        && let Err(error) = desk::login(slots, new)
    {
        // The change stands. Whoever calls next is asked to unlock, and does.
        tracing::debug!(%error, "the token could not be unlocked with its new password at once");
    }
    Ok(())
}
