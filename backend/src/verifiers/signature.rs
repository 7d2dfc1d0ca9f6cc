//! Whether a certificate's signature verifies under a key, by OpenSSL: it knows every algorithm that NSS accepts.

use certdeck_shared::validation::SignatureFact;
use openssl::pkey::PKey;
use openssl::x509::X509;

/// Verifies the signature of a certificate with a SubjectPublicKeyInfo, both DER. What OpenSSL cannot read or compute is bad.
#[must_use]
pub fn check(certificate: &[u8], public_key: &[u8]) -> SignatureFact {
    let verified = || -> Result<bool, openssl::error::ErrorStack> {
        let key = PKey::public_key_from_der(public_key)?;
        X509::from_der(certificate)?.verify(&key)
    };
    if verified().unwrap_or(false) { SignatureFact::Good } else { SignatureFact::Bad }
}
