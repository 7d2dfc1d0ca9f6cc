//! What a token does with wrong passwords cannot be undone, so its state is looked at before one is tried on the way to something else.

use certdeck_shared::api::module::{PinState, Token};

use super::super::error::OperationError;
use super::super::login::INTERNAL;
use super::super::operation::Operation;
use crate::token::{Secret, TokenError, TokenHandle};

impl Operation {
    /// A token of another module that takes another try at its password without locking itself. The try itself is left to unlocking, which
    /// sets the count back.
    ///
    /// # Errors
    /// `PinLocked`, `PinFinalTry`; those of a token that cannot be used.
    pub(in super::super) async fn token_with_tries(&self, id: &str) -> Result<(Token, TokenHandle), OperationError> {
        let (token, handle) = self.usable_token(id).await?;
        if token.id == INTERNAL {
            return Ok((token, handle));
        }
        // What was seen two seconds ago may be one wrong try old.
        self.database.modules.forget_try(&self.module_token(&token).await?);
        let (token, handle) = self.usable_token(id).await?;
        match token.pin {
            PinState::Locked => Err(TokenError::PinLocked.into()),
            PinState::FinalTry => Err(OperationError::PinFinalTry { label: token.label }),
            PinState::Ready | PinState::NotInitialized | PinState::CountLow | PinState::ToBeChanged => Ok((token, handle)),
        }
    }

    /// The private key with this CKA_ID on a token as PKCS#8, for who gives the token's password.
    ///
    /// # Errors
    /// `KeyUnextractable`, where the token is unlocked before the password is tried; `TokenPasswordIncorrect`.
    pub(in super::super) async fn release_key_of_token(
        &self,
        id: &str,
        key_id: &[u8],
        password: &Secret,
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, OperationError> {
        let (token, handle) = self.token_with_tries(id).await?;
        let module = self.module_token(&token).await?;
        let released = handle.release_key(password, key_id).await;
        match &released {
            // The one login of a token is what proved the password.
            Ok(_) => self.database.modules.set_unlocked(&module, true),
            Err(TokenError::PinIncorrect) => {
                self.database.modules.set_unlocked(&module, false);
                return Err(OperationError::TokenPasswordIncorrect { label: token.label });
            }
            Err(_) => {}
        }
        Ok(released?)
    }
}
