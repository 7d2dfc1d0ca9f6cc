//! What kinds of key pairs a token makes: asked, not assumed.

use certdeck_shared::api::key::KeyAlgorithm;
use cryptoki::mechanism::MechanismType;

use super::{error::TokenError, session::TokenSession};

/// The algorithms for which the token lists a mechanism, with the size inside its limits.
pub(crate) fn offered(session: &TokenSession) -> Result<Vec<KeyAlgorithm>, TokenError> {
    let rsa = session.key_sizes(MechanismType::RSA_PKCS_KEY_PAIR_GEN)?;
    let curves = session.key_sizes(MechanismType::ECC_KEY_PAIR_GEN)?;
    let edwards = session.key_sizes(MechanismType::ECC_EDWARDS_KEY_PAIR_GEN)?;
    let offers = |algorithm: &KeyAlgorithm| {
        let (sizes, bits) = match algorithm {
            KeyAlgorithm::Rsa2048 => (rsa, 2048),
            KeyAlgorithm::Rsa3072 => (rsa, 3072),
            KeyAlgorithm::Rsa4096 => (rsa, 4096),
            KeyAlgorithm::EcP256 => (curves, 256),
            KeyAlgorithm::EcP384 => (curves, 384),
            KeyAlgorithm::EcP521 => (curves, 521),
            // Tokens give its size in whatever unit they like.
            KeyAlgorithm::Ed25519 => return edwards.is_some(),
        };
        sizes.is_some_and(|(least, most)| (least..=most).contains(&bits))
    };
    Ok(KeyAlgorithm::ALL.iter().copied().filter(offers).collect())
}
