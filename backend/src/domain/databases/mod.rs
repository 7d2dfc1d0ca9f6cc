//! The registered databases.

use crate::domain::console::Environment;

/// The registered databases and their tokens.
pub struct Databases {
    #[expect(dead_code, reason = "the operations follow")]
    environment: Environment,
}

impl Databases {
    /// The databases of this state.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment }
    }

    /// Locks and ends everything, at the end of the console.
    pub async fn close(&self) {}
}
