//! Whether a signature verifies under a key, by OpenSSL: it knows every algorithm that NSS accepts, and a few that it does not.

use certdeck_shared::validation::SignatureFact;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;
use openssl::x509::{X509, X509Crl, X509Req};

/// Verifies the signature of a certificate with a SubjectPublicKeyInfo, both DER. What OpenSSL cannot read or compute is bad.
#[must_use]
pub fn of_certificate(certificate: &[u8], public_key: &[u8]) -> SignatureFact {
    fact(|| {
        let certificate = X509::from_der(certificate)?;
        let is_pss = certificate.signature_algorithm().object().nid() == Nid::RSASSAPSS;
        certificate.verify(&*unrestricted(key(public_key)?, is_pss)?)
    })
}

/// Verifies the signature of a revocation list, DER, likewise.
#[must_use]
pub fn of_list(list: &[u8], public_key: &[u8]) -> SignatureFact {
    fact(|| X509Crl::from_der(list)?.verify(&*key(public_key)?))
}

fn fact(verified: impl FnOnce() -> Result<bool, ErrorStack>) -> SignatureFact {
    if verified().unwrap_or(false) { SignatureFact::Good } else { SignatureFact::Bad }
}

/// A key that is for RSASSA-PSS with one hash only, as a key for any: NSS does not hold a signature to what the key says of hashes.
fn unrestricted(key: PKey<Public>, is_pss: bool) -> Result<PKey<Public>, ErrorStack> {
    if !is_pss || key.id() != Id::RSA_PSS {
        return Ok(key);
    }
    let restricted = key.rsa()?;
    PKey::from_rsa(Rsa::from_public_components(restricted.n().to_owned()?, restricted.e().to_owned()?)?)
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
