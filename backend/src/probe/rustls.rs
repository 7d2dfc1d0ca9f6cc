//! rustls as the client: TLS 1.2 and 1.3. It takes any chain, and checks that the server has the key of the first certificate.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use certdeck_shared::api::probe::ProbeKeyType;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, ProtocolVersion, SignatureScheme, SupportedCipherSuite,
};

use super::engine::{Engine, Fault, Progress, Seen};

/// A client of its own for each connection, so that nothing is resumed and every chain is seen.
pub(super) struct Rustls {
    connection: ClientConnection,
    witness: Arc<Witness>,
}

impl Rustls {
    pub(super) fn new(server_name: Option<&str>, key_type: Option<ProbeKeyType>) -> Result<Self, Error> {
        let provider = Arc::clone(match key_type {
            None => &ANY,
            Some(ProbeKeyType::Rsa) => &RSA,
            Some(ProbeKeyType::Ecdsa) => &ECDSA,
        });
        let schemes: Vec<_> = schemes(&provider).into_iter().filter(|scheme| is_for(*scheme, key_type)).collect();
        let witness = Arc::new(Witness {
            algorithms: provider.signature_verification_algorithms,
            schemes,
            chain: Mutex::default(),
            key_proved: AtomicBool::new(false),
            asked: AtomicBool::new(false),
        });
        let mut configuration = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&witness) as Arc<dyn ServerCertVerifier>)
            .with_client_cert_resolver(Arc::clone(&witness) as Arc<dyn ResolvesClientCert>);
        configuration.resumption = Resumption::disabled();
        // An address is not sent as a name.
        let nobody = ServerName::IpAddress(std::net::IpAddr::from([0, 0, 0, 0]).into());
        let name = server_name.and_then(|name| ServerName::try_from(name.to_owned()).ok()).unwrap_or(nobody);
        Ok(Self { connection: ClientConnection::new(Arc::new(configuration), name)?, witness })
    }
}

static ANY: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| provider(None));
static RSA: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| provider(Some(ProbeKeyType::Rsa)));
static ECDSA: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| provider(Some(ProbeKeyType::Ecdsa)));

/// ring's, without the cipher suites of TLS 1.2 that need another kind of key.
fn provider(key_type: Option<ProbeKeyType>) -> Arc<CryptoProvider> {
    let mut provider = ring::default_provider();
    provider.cipher_suites.retain(|suite| match suite {
        SupportedCipherSuite::Tls12(suite) => suite.sign.iter().any(|scheme| is_for(*scheme, key_type)),
        SupportedCipherSuite::Tls13(_) => true,
    });
    Arc::new(provider)
}

fn schemes(provider: &CryptoProvider) -> Vec<SignatureScheme> {
    provider.signature_verification_algorithms.supported_schemes()
}

fn is_for(scheme: SignatureScheme, key_type: Option<ProbeKeyType>) -> bool {
    use SignatureScheme as S;
    match key_type {
        None => true,
        Some(ProbeKeyType::Ecdsa) => {
            matches!(scheme, S::ECDSA_NISTP256_SHA256 | S::ECDSA_NISTP384_SHA384 | S::ECDSA_NISTP521_SHA512 | S::ECDSA_SHA1_Legacy)
        }
        Some(ProbeKeyType::Rsa) => matches!(
            scheme,
            S::RSA_PKCS1_SHA1
                | S::RSA_PKCS1_SHA256
                | S::RSA_PKCS1_SHA384
                | S::RSA_PKCS1_SHA512
                | S::RSA_PSS_SHA256
                | S::RSA_PSS_SHA384
                | S::RSA_PSS_SHA512
        ),
    }
}

/// Keeps what a connection forgets when its handshake fails.
#[derive(Debug)]
struct Witness {
    algorithms: WebPkiSupportedAlgorithms,
    schemes: Vec<SignatureScheme>,
    chain: Mutex<Vec<Vec<u8>>>,
    key_proved: AtomicBool,
    asked: AtomicBool,
}

impl Witness {
    fn verified(&self, result: Result<HandshakeSignatureValid, Error>) -> Result<HandshakeSignatureValid, Error> {
        if result.is_ok() {
            self.key_proved.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(leaf).chain(others).map(|certificate| certificate.to_vec()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verified(verify_tls12_signature(message, certificate, signature, &self.algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verified(verify_tls13_signature(message, certificate, signature, &self.algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

impl ResolvesClientCert for Witness {
    fn resolve(&self, _authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl Engine for Rustls {
    fn receive(&mut self, mut bytes: &[u8]) -> Progress {
        while !bytes.is_empty() {
            // Reading from memory fails only when rustls holds more than it wants to, which it says as an error, too.
            if let Err(error) = self.connection.read_tls(&mut bytes) {
                return Progress::Failed(Fault::Library(error.to_string()));
            }
            match self.connection.process_new_packets() {
                Ok(_) => {}
                Err(Error::AlertReceived(alert)) => return Progress::Failed(Fault::Alert(alert.into())),
                Err(Error::InvalidCertificate(CertificateError::BadSignature)) => return Progress::Failed(Fault::Signature),
                Err(error) => return Progress::Failed(Fault::Library(error.to_string())),
            }
        }
        if self.connection.is_handshaking() { Progress::Handshaking } else { Progress::Established }
    }

    fn outgoing(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.connection.wants_write() && self.connection.write_tls(&mut bytes).is_ok() {}
        bytes
    }

    fn seen(&self) -> Seen {
        let suite = self.connection.negotiated_cipher_suite();
        // rustls writes the suites of TLS 1.3 as TLS13_, IANA as TLS_.
        let suite = suite.and_then(|suite| Some(suite.suite().as_str()?.replacen("TLS13_", "TLS_", 1)));
        let version = self.connection.protocol_version().and_then(|version| match version {
            ProtocolVersion::TLSv1_2 => Some("TLS 1.2".to_owned()),
            ProtocolVersion::TLSv1_3 => Some("TLS 1.3".to_owned()),
            _ => None,
        });
        Seen {
            chain: self.witness.chain.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            tls_version: version,
            cipher_suite: suite,
            key_exchange_group: self.connection.negotiated_key_exchange_group().and_then(|group| Some(group.name().as_str()?.to_owned())),
            key_proved: self.witness.key_proved.load(Ordering::Relaxed),
            client_certificate_asked: Some(self.witness.asked.load(Ordering::Relaxed)),
        }
    }

    fn may_object(&self) -> bool {
        let asked = self.witness.asked.load(Ordering::Relaxed);
        // A server sends tickets when it is content with its client.
        asked && self.connection.protocol_version() == Some(ProtocolVersion::TLSv1_3) && self.connection.tls13_tickets_received() == 0
    }

    fn close(&mut self) {
        self.connection.send_close_notify();
    }
}
