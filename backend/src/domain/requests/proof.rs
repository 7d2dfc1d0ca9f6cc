//! Proof of possession: a request is signed by the key that it names (RFC 2986 section 3).

use certdeck_shared::request::{RequestError, signed_parts};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

/// Why a request proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(#[from] RequestError),
    /// Its signature is not by its key, or it was changed since.
    #[error("the signature is not by the key that the request names: it was damaged or changed, or is another's")]
    Wrong,
    /// Nothing here can verify it.
    #[error("a signature of this kind of key and digest cannot be verified here; RSA, P-256, P-384 and Ed25519 can")]
    Unknown,
}

/// Verifies the signature of a request, DER.
///
/// # Errors
/// `Wrong` when it does not verify, `Unknown` when nothing here can tell.
pub fn verify(request: &[u8]) -> Result<(), ProofError> {
    let parts = signed_parts(request)?;
    let algorithm = algorithm(parts.signature_algorithm, parts.key_algorithm).ok_or(ProofError::Unknown)?;
    UnparsedPublicKey::new(algorithm, parts.public_key).verify(parts.to_be_signed, parts.signature).map_err(|_| ProofError::Wrong)
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// namedCurve prime256v1 and secp384r1.
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];

/// Signature and key must fit; also short keys and old digests are verified, which is not to say that they are good.
fn algorithm((signature, _): (&[u8], &[u8]), (key, parameters): (&[u8], &[u8])) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (signature, key, parameters) {
        // sha1WithRSAEncryption, sha256, sha384 and sha512 of PKCS#1.
        ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, digest], RSA, _) => match digest {
            0x05 => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            0x0b => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            0x0c => &signature::RSA_PKCS1_2048_8192_SHA384,
            0x0d => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
            _ => return None,
        },
        // ecdsa-with-SHA256 and SHA384.
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], EC, P256) => &signature::ECDSA_P256_SHA256_ASN1,
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], EC, P384) => &signature::ECDSA_P384_SHA256_ASN1,
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], EC, P256) => &signature::ECDSA_P256_SHA384_ASN1,
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], EC, P384) => &signature::ECDSA_P384_SHA384_ASN1,
        (ED25519, ED25519, _) => &signature::ED25519,
        _ => return None,
    })
}
