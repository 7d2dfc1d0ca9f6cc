//! Giving out a private key: only to who has just entered the password, and never faster than passwords may be guessed.

use zeroize::Zeroizing;

use super::error::OperationError;
use super::operation::Operation;
use super::tokens::Place;
use crate::domain::keys::from_hex;
use crate::token::{Secret, TokenError};

impl Operation {
    /// The private key with this CKA_ID (lower-case hex) as PKCS#8. What is done with it goes into the audit log, under the name of the
    /// caller's operation.
    ///
    /// # Errors
    /// `DatabasePasswordIncorrect`; `TooManyAttempts`; `NotFound`. From a token `TokenPasswordIncorrect`, `KeyUnextractable`.
    pub(in crate::domain) async fn release_key_of(
        &self,
        place: &Place,
        key_id: &str,
        password: &Secret,
    ) -> Result<Zeroizing<Vec<u8>>, OperationError> {
        match &place.token {
            Some(token) => self.release_key_of_token(&token.id, &from_hex(key_id), password).await,
            None => self.release_key(key_id, password).await,
        }
    }

    /// The same from the database itself.
    ///
    /// # Errors
    /// `DatabasePasswordIncorrect`; `TooManyAttempts`; `NotFound`.
    pub(in crate::domain) async fn release_key(&self, key_id: &str, password: &Secret) -> Result<Zeroizing<Vec<u8>>, OperationError> {
        let (attempts, clock) = (&self.database.attempts, &self.environment.clock);
        if let Some(retry_after) = attempts.wait(clock.now()) {
            return Err(OperationError::TooManyAttempts { retry_after });
        }
        match self.database.token.release_key(password, &from_hex(key_id)).await {
            Ok(pkcs8) => {
                attempts.right();
                Ok(pkcs8)
            }
            Err(TokenError::PinIncorrect) => {
                attempts.wrong(clock.now());
                Err(OperationError::DatabasePasswordIncorrect)
            }
            Err(error) => Err(error.into()),
        }
    }
}
