//! Which kinds of keys a token makes.

use certdeck_shared::api::key::{KeyAlgorithm, TokenAlgorithm};

use crate::domain::databases::{Operation, OperationError, Place};

impl Operation {
    /// Every algorithm of the console, and whether the token makes such keys: asked of the token.
    ///
    /// # Errors
    /// `NotFound` for a token that is not there.
    pub async fn token_algorithms(&self, token: &str) -> Result<Vec<TokenAlgorithm>, OperationError> {
        algorithms_of(&self.place(token).await?).await
    }

    /// Fails when a token makes no such keys.
    ///
    /// # Errors
    /// `Invalid` at the pointer, with what to do instead.
    pub(crate) async fn needs_algorithm(&self, place: &Place, algorithm: KeyAlgorithm, pointer: &str) -> Result<(), OperationError> {
        let algorithms = algorithms_of(place).await?;
        match algorithms.into_iter().find(|one| one.algorithm == algorithm).and_then(|one| one.reason) {
            Some(reason) => Err(OperationError::invalid(pointer, reason)),
            None => Ok(()),
        }
    }
}

async fn algorithms_of(place: &Place) -> Result<Vec<TokenAlgorithm>, OperationError> {
    let offered = place.handle.algorithms().await?;
    let name = match &place.token {
        Some(token) => token.label.clone(),
        None => format!("NSS {}", place.handle.status().await?.softoken_version),
    };
    let describe = |algorithm: KeyAlgorithm| {
        let reason = reason_against(algorithm, &offered, &name);
        TokenAlgorithm { algorithm, words: algorithm.words().to_owned(), available: reason.is_none(), reason }
    };
    Ok(KeyAlgorithm::ALL.into_iter().map(describe).collect())
}

fn reason_against(algorithm: KeyAlgorithm, offered: &[KeyAlgorithm], name: &str) -> Option<String> {
    let words = algorithm.words();
    (!offered.contains(&algorithm)).then(|| {
        format!(
            "The token ({name}) makes no {words} keys. Keep the key outside the database: let the browser make it (a request's key \
             place), or make key and request with OpenSSL and send the request (from: ready); …/requests/{{id}}/bundle joins the key with \
             the CA's answer."
        )
    })
}
