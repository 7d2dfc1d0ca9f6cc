//! TLS clients without a connection: they are given what arrived and say what is to be sent.

use std::time::Duration;

use tokio::time::Instant;

use super::wire::{Break, Wire};

/// How long a server that asked for a certificate is given to say what it thinks of getting none. In TLS 1.3 the handshake is complete on our
/// side by then (RFC 8446 section 4.4.2.4).
const SECOND_THOUGHTS: Duration = Duration::from_millis(500);

/// The alert certificate_required (RFC 8446 section 6.2).
const CERTIFICATE_REQUIRED: u8 = 116;

/// How far a handshake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    Handshaking,
    Established,
    Failed(Fault),
}

/// Why a handshake failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server sent an alert with this number.
    Alert(u8),
    /// A signature does not verify under the key of the first certificate.
    Signature,
    /// The library goes no further, in its words.
    Library(String),
}

/// What was negotiated and seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) tls_version: Option<String>,
    pub(super) cipher_suite: Option<String>,
    pub(super) key_exchange_group: Option<String>,
    pub(super) key_proved: bool,
    pub(super) client_certificate_asked: Option<bool>,
}

/// A TLS client.
pub(super) trait Engine: Send {
    /// Takes what has arrived; nothing the first time, which makes the ClientHello.
    fn receive(&mut self, bytes: &[u8]) -> Progress;
    /// What is to be sent now.
    fn outgoing(&mut self) -> Vec<u8>;
    /// What is known by now.
    fn seen(&self) -> Seen;
    /// Whether the server may still object, after a complete handshake, to a client without a certificate.
    fn may_object(&self) -> bool;
    /// Says farewell.
    fn close(&mut self);
}

/// How a handshake ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Handshake {
    Complete,
    Failed(Fault),
    /// The connection gave no more.
    Broke(Break),
    /// What came is no TLS.
    NotTls(Vec<u8>),
    /// Complete, and then ended by the server because a certificate is missing: with this alert or none.
    CertificateWanted(Option<u8>),
}

/// Lets an engine shake hands over a connection.
pub(super) async fn handshake(wire: &mut Wire, engine: &mut dyn Engine) -> Handshake {
    let mut progress = engine.receive(&[]);
    let mut first = true;
    loop {
        wire.send(&engine.outgoing()).await;
        match progress {
            Progress::Established => break,
            Progress::Failed(fault) => return Handshake::Failed(fault),
            Progress::Handshaking => {}
        }
        let bytes = match wire.take(wire.deadline()).await {
            Ok(bytes) => bytes,
            Err(broken) => return Handshake::Broke(broken),
        };
        if first && !is_tls(&bytes) {
            return Handshake::NotTls(bytes);
        }
        first = false;
        progress = engine.receive(&bytes);
    }
    let until = Instant::now() + SECOND_THOUGHTS;
    while engine.may_object() {
        let asked = engine.seen().client_certificate_asked == Some(true);
        match wire.take(until).await {
            Ok(bytes) => match engine.receive(&bytes) {
                Progress::Failed(Fault::Alert(alert)) if asked || alert == CERTIFICATE_REQUIRED => {
                    return Handshake::CertificateWanted(Some(alert));
                }
                Progress::Failed(fault) => return Handshake::Failed(fault),
                Progress::Handshaking | Progress::Established => {}
            },
            Err(Break::Closed) if asked => return Handshake::CertificateWanted(None),
            // It says nothing: it may ask again when it hears what is wanted, which a probe does not tell.
            Err(_) => break,
        }
    }
    engine.close();
    wire.send(&engine.outgoing()).await;
    Handshake::Complete
}

/// Whether the first octets of a server are a record of TLS (RFC 8446 section 5.1): alert or handshake, and a version that begins with 3.
fn is_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [21 | 22] | [21 | 22, 3, ..])
}
