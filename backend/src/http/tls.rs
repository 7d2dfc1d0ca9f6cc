//! TLS with a certificate that can be exchanged while the console runs.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::client_certificate::Asking;
use crate::domain::console_certificate::ServedCertificate;

/// Gives each handshake the certificate of the moment.
#[derive(Debug, Default)]
pub struct CurrentCertificate {
    current: ArcSwapOption<CertifiedKey>,
}

impl CurrentCertificate {
    /// Serves this one from now on; connections that are open stay as they are.
    ///
    /// # Errors
    /// When key and certificate do not fit, or the key cannot be used.
    pub fn serve(&self, certificate: &ServedCertificate) -> Result<(), rustls::Error> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificate.key.as_slice()));
        let key = rustls::crypto::ring::sign::any_supported_type(&key)?;
        let certified = CertifiedKey::new(vec![CertificateDer::from(certificate.der.clone())], key);
        certified.keys_match()?;
        self.current.store(Some(Arc::new(certified)));
        Ok(())
    }
}

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current.load_full()
    }
}

/// TLS 1.2 and 1.3 with HTTP/2 and HTTP/1.1, in the order of preference of the server: the suites that rustls has are those of Mozilla's
/// intermediate profile with forward secrecy and authenticated encryption, AES with 256 bits first. Clients are asked for a certificate only
/// where somebody asks.
///
/// # Errors
/// When the provider lacks a protocol version, which it does not.
pub fn configuration(certificate: Arc<CurrentCertificate>, asking: Option<Asking>) -> Result<rustls::ServerConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = match asking {
        Some(asking) => builder.with_client_cert_verifier(Arc::new(asking)),
        None => builder.with_no_client_auth(),
    };
    let mut configuration = builder.with_cert_resolver(certificate);
    configuration.ignore_client_order = true;
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
}
