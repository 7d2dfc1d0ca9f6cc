//! Whether a signature verifies under a key, by OpenSSL: it knows every algorithm that NSS accepts, and a few that it does not.

use certdeck_shared::validation::SignatureFact;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Public};
use openssl::x509::{X509, X509Req};

/// Verifies the signature of a certificate with a SubjectPublicKeyInfo, both DER. What OpenSSL cannot read or compute is bad.
#[must_use]
pub fn check(certificate: &[u8], public_key: &[u8]) -> SignatureFact {
    let verified = || -> Result<bool, ErrorStack> { X509::from_der(certificate)?.verify(&*key(public_key)?) };
    if verified().unwrap_or(false) { SignatureFact::Good } else { SignatureFact::Bad }
}

/// Verifies the signature of a request with a SubjectPublicKeyInfo, both DER; nothing when OpenSSL does not know the kind of key or of
/// signature.
#[must_use]
pub fn of_request(request: &[u8], public_key: &[u8]) -> Option<bool> {
    let (request, key) = (X509Req::from_der(request).ok()?, key(public_key).ok()?);
    match request.verify(&*key) {
        Ok(good) => Some(good),
        Err(error) if is_unknown(&error) => None,
        // A signature that is not even shaped like one, or one of another kind of key.
        Err(_) => Some(false),
    }
}

fn key(subject_public_key_info: &[u8]) -> Result<PKey<Public>, ErrorStack> {
    PKey::public_key_from_der(subject_public_key_info)
}

/// ASN1_R_UNKNOWN_SIGNATURE_ALGORITHM and the like.
fn is_unknown(error: &ErrorStack) -> bool {
    error.errors().iter().any(|one| one.reason().is_some_and(|reason| reason.starts_with("unknown ") || reason.starts_with("unsupported ")))
}
