//! Certificates made here, renewed, revoked.

use super::{Client, ClientError, Transport};
use crate::api::key::TokenAlgorithm;
use crate::api::paths;

impl<T: Transport> Client<T> {
    /// `GET …/tokens/{token}/algorithms`: which kinds of keys a token makes.
    pub async fn token_algorithms(&self, id: &str, token: &str) -> Result<Vec<TokenAlgorithm>, ClientError> {
        self.get(paths::token_algorithms(id, token)).await
    }
}
