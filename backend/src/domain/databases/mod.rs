//! The registered databases.

use crate::domain::console::Environment;
use crate::token::{TokenError, TokenHandle};

/// The registered databases and their tokens.
pub struct Databases {
    #[expect(dead_code, reason = "the operations follow")]
    environment: Environment,
}

/// A database that is open.
pub struct OpenDatabase {
    /// Identifier.
    pub id: String,
    /// Its token.
    pub token: TokenHandle,
}

impl Databases {
    /// The databases of this state.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment }
    }

    /// Opens what is registered.
    pub async fn start(&self) -> Result<(), TokenError> {
        Ok(())
    }

    /// The console's own database, made if absent, and unlocked.
    pub async fn ensure_embedded(&self) -> Result<OpenDatabase, TokenError> {
        Err(TokenError::Busy)
    }

    /// Locks and ends everything, at the end of the console.
    pub async fn close(&self) {}
}
