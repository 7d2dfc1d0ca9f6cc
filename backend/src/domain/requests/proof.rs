//! Proof of possession: a request is signed by the key that it names (RFC 2986 section 3).

use certdeck_shared::request::{RequestError, signed_parts};

use crate::verifiers::signature;

/// Why a request proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(#[from] RequestError),
    /// Its signature is not by its key, or it was changed since.
    #[error("the signature is not by the key that the request names: it was damaged or changed, or is another's")]
    Wrong,
    /// Its digest is one for which others find a second text.
    #[error("it is signed with MD2, MD4 or MD5, which proves nothing; sign it with SHA-256")]
    Outdated,
    /// Nothing here can verify it.
    #[error("a signature of this kind cannot be verified here; sign it with RSA (PKCS#1 or PSS), ECDSA or Ed25519")]
    Unknown,
}

/// `pkcs-1` of RSA's signatures (RFC 8017 appendix C), content octets.
const PKCS1: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];

/// Verifies the signature of a request, DER. Short keys and SHA-1 are verified, too, which is not to say that they are good.
///
/// # Errors
/// `Wrong` when it does not verify, `Outdated` and `Unknown` when nothing can be told.
pub fn verify(request: &[u8]) -> Result<(), ProofError> {
    let parts = signed_parts(request)?;
    if let Some([2..=4]) = parts.signature_algorithm.0.strip_prefix(&PKCS1) {
        return Err(ProofError::Outdated);
    }
    match signature::of_request(request, parts.subject_public_key_info) {
        Some(true) => Ok(()),
        Some(false) => Err(ProofError::Wrong),
        None => Err(ProofError::Unknown),
    }
}
