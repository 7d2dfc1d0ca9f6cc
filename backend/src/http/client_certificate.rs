//! The certificate that a client shows in the TLS handshake. Whoever shows none is served as ever; what one is worth is judged when somebody
//! signs in with it ([`crate::domain::accounts::ClientCertificates`]), so that a certificate that is past or revoked is refused in words, and
//! keeps nobody from the page and its password. The handshake proves that the client has the key; with what is no X.509 v3 certificate it ends.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use http::Request;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use tokio_rustls::server::TlsStream;
use tower::Service;

/// The certificate of a connection, its issuers behind it. It lies beside each call of the connection as an extension, which nothing in the
/// call itself can put there.
#[derive(Debug, Clone)]
pub struct PresentedCertificate(Arc<[CertificateDer<'static>]>);

impl PresentedCertificate {
    /// All that were shown, the client's own first.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.0
    }
}

/// Asks clients for a certificate of these CAs, and takes none or any.
pub struct Asking {
    authorities: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Asking {
    /// Names these CAs.
    #[must_use]
    pub fn new(authorities: &[DistinguishedName]) -> Self {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        Self { authorities: authorities.to_vec(), algorithms }
    }
}

impl fmt::Debug for Asking {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Asking").field("authorities", &self.authorities.len()).finish()
    }
}

impl ClientCertVerifier for Asking {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.authorities
    }

    /// Nobody is let in by this: it only lets the handshake go on.
    fn verify_client_cert(&self, _: &CertificateDer<'_>, _: &[CertificateDer<'_>], _: UnixTime) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// An acceptor that puts the certificate of each connection beside its calls.
#[derive(Debug, Clone)]
pub struct Presenting<A>(pub A);

impl<A, I, S, T> Accept<I, S> for Presenting<A>
where
    A: Accept<I, S, Stream = TlsStream<T>>,
    A::Future: Send + 'static,
{
    type Stream = A::Stream;
    type Service = Presented<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let accepting = self.0.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            let shown = stream.get_ref().1.peer_certificates().filter(|chain| !chain.is_empty());
            let certificate = shown.map(|chain| PresentedCertificate(chain.iter().cloned().map(CertificateDer::into_owned).collect()));
            Ok((stream, Presented { service, certificate }))
        })
    }
}

/// What answers on a connection with or without a certificate.
#[derive(Debug, Clone)]
pub struct Presented<S> {
    service: S,
    certificate: Option<PresentedCertificate>,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Presented<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if let Some(certificate) = &self.certificate {
            request.extensions_mut().insert(certificate.clone());
        }
        self.service.call(request)
    }
}
