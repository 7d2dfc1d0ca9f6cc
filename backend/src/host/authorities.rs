//! Whose certificates count when the console is the client of a TLS server.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

/// Why no certificates could be taken.
#[derive(Debug, Error)]
pub enum AuthoritiesError {
    /// The PEM text holds none, or one that cannot be taken.
    #[error("the CA certificates cannot be used: {0}")]
    Unusable(String),
    /// The system has none.
    #[error("this host has no CA certificates (Debian's package ca-certificates)")]
    NoneOfSystem,
}

/// TLS 1.2 and 1.3 with a server whose certificate one of these CAs signed, or one of the system's when there is no PEM text.
///
/// # Errors
/// See [`AuthoritiesError`].
pub fn client_configuration(ca: Option<&str>) -> Result<ClientConfig, AuthoritiesError> {
    let roots = match ca {
        Some(pem) => from_pem(pem)?,
        None => of_system()?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| AuthoritiesError::Unusable(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn from_pem(pem: &str) -> Result<RootCertStore, AuthoritiesError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| AuthoritiesError::Unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| AuthoritiesError::Unusable(error.to_string()))?;
    }
    if roots.is_empty() { Err(AuthoritiesError::Unusable("there is no certificate in PEM".to_owned())) } else { Ok(roots) }
}

fn of_system() -> Result<RootCertStore, AuthoritiesError> {
    let mut roots = RootCertStore::empty();
    // One that cannot be parsed is left out, as OpenSSL does.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(AuthoritiesError::NoneOfSystem) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused_in_words() {
        for pem in ["", "no PEM at all", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(matches!(client_configuration(Some(pem)), Err(AuthoritiesError::Unusable(_))), "{pem:?}");
        }
    }
}
