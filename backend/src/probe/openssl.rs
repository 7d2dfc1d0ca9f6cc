//! OpenSSL as the client, for what rustls does not speak: TLS 1.0 and 1.1, RSA keys of 1024 bits, certificates of version 1, CBC, finite-field
//! Diffie-Hellman, RSA key transport. The library's security level is 0 here, because a probe tells what is served, however weak.

use std::io::{self, Read, Write};

use certdeck_shared::api::probe::ProbeKeyType;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::ssl::{ErrorCode, Ssl, SslContext, SslMethod, SslOptions, SslRef, SslStream, SslVerifyMode, SslVersion};

use super::engine::{Engine, Fault, Progress, Seen};
use super::flight;

/// SSL_OP_LEGACY_SERVER_CONNECT: also servers without secure renegotiation (RFC 5746).
const LEGACY_SERVER_CONNECT: u64 = 1 << 2;
/// SSL_AD_REASON_OFFSET: an alert from the server is an error with this and its number.
const ALERT: i32 = 1_000;
/// ERR_LIB_SSL.
const LIBRARY_SSL: i32 = 20;
/// SSL_R_BAD_SIGNATURE.
const BAD_SIGNATURE: i32 = 123;
/// Most octets of the server's part of a handshake that are kept.
const MOST_KEPT: usize = 65_536;

/// A client of its own for each connection.
pub(super) struct Openssl {
    stream: SslStream<Pipe>,
    established: bool,
    /// The server's part of the handshake, for what OpenSSL does not tell of it.
    flight: Vec<u8>,
    /// Whether we answered the server's first flight, in which it has signed.
    answered: bool,
    /// Whether anything came after the handshake.
    heard_after: bool,
}

/// What goes in and out of OpenSSL, in memory.
#[derive(Debug, Default)]
struct Pipe {
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let length = self.input.as_slice().read(into)?;
        self.input.drain(..length);
        Ok(length)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Openssl {
    pub(super) fn new(server_name: Option<&str>, key_type: Option<ProbeKeyType>) -> Result<Self, ErrorStack> {
        let mut context = SslContext::builder(SslMethod::tls_client())?;
        context.set_verify(SslVerifyMode::NONE);
        context.set_security_level(0);
        context.set_min_proto_version(Some(SslVersion::TLS1))?;
        context.set_options(SslOptions::from_bits_retain(LEGACY_SERVER_CONNECT));
        match key_type {
            None => context.set_cipher_list("ALL:!aNULL:@SECLEVEL=0")?,
            Some(ProbeKeyType::Rsa) => {
                context.set_cipher_list("aRSA:@SECLEVEL=0")?;
                context.set_sigalgs_list("RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1")?;
            }
            Some(ProbeKeyType::Ecdsa) => {
                context.set_cipher_list("aECDSA:@SECLEVEL=0")?;
                context.set_sigalgs_list("ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ECDSA+SHA1")?;
            }
        }
        let mut ssl = Ssl::new(&context.build())?;
        if let Some(name) = server_name {
            ssl.set_hostname(name)?;
        }
        Ok(Self {
            stream: SslStream::new(ssl, Pipe::default())?,
            established: false,
            flight: Vec::new(),
            answered: false,
            heard_after: false,
        })
    }

    fn step(&mut self) -> Result<(), openssl::ssl::Error> {
        if !self.established {
            self.stream.connect()?;
            self.established = true;
            return Ok(());
        }
        let mut forgotten = [0; 4_096];
        while self.stream.ssl_read(&mut forgotten)? > 0 {}
        Ok(())
    }
}

impl Engine for Openssl {
    fn receive(&mut self, bytes: &[u8]) -> Progress {
        self.heard_after |= self.established && !bytes.is_empty();
        self.stream.get_mut().input.extend_from_slice(bytes);
        if !self.established && self.flight.len() < MOST_KEPT {
            self.flight.extend_from_slice(bytes);
        }
        match self.step() {
            Err(error) if error.code() == ErrorCode::WANT_READ && !self.established => {
                self.answered |= flight::asks_for_certificate(&self.flight).is_some();
                Progress::Handshaking
            }
            Ok(()) => Progress::Established,
            Err(error) if error.code() == ErrorCode::WANT_READ || error.code() == ErrorCode::ZERO_RETURN => Progress::Established,
            Err(error) => Progress::Failed(fault(&error)),
        }
    }

    fn outgoing(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.stream.get_mut().output)
    }

    fn seen(&self) -> Seen {
        let ssl = self.stream.ssl();
        let chain: Vec<Vec<u8>> =
            ssl.peer_cert_chain().map(|chain| chain.iter().filter_map(|one| one.to_der().ok()).collect()).unwrap_or_default();
        let version = ssl.version2().filter(|_| !chain.is_empty() || self.established).and_then(|version| match version {
            SslVersion::TLS1 => Some("TLS 1.0"),
            SslVersion::TLS1_1 => Some("TLS 1.1"),
            SslVersion::TLS1_2 => Some("TLS 1.2"),
            SslVersion::TLS1_3 => Some("TLS 1.3"),
            _ => None,
        });
        let group = group(ssl);
        Seen {
            tls_version: version.map(ToOwned::to_owned),
            cipher_suite: ssl.current_cipher().map(|cipher| cipher.standard_name().unwrap_or(cipher.name()).to_owned()),
            // Signature or decryption of the premaster secret: without the key a server does not come to the end. A signature over the group
            // has been verified before we answer.
            key_proved: !chain.is_empty() && (self.established || self.answered && group.is_some()),
            key_exchange_group: group,
            client_certificate_asked: flight::asks_for_certificate(&self.flight),
            chain,
        }
    }

    fn may_object(&self) -> bool {
        self.stream.ssl().version2() == Some(SslVersion::TLS1_3) && !self.heard_after
    }

    fn close(&mut self) {
        // Into memory; there is nobody to wait for.
        let _ = self.stream.shutdown();
    }
}

/// Name of the group of the key exchange.
fn group(ssl: &SslRef) -> Option<String> {
    let key: PKey<Public> = ssl.peer_tmp_key().ok()?;
    Some(match key.id() {
        Id::X25519 => "X25519".to_owned(),
        Id::X448 => "X448".to_owned(),
        Id::DH => format!("DH {}", key.bits()),
        _ => match key.ec_key().ok()?.group().curve_name()? {
            // As rustls and IANA write them.
            Nid::X9_62_PRIME256V1 => "secp256r1".to_owned(),
            curve => curve.short_name().ok()?.to_owned(),
        },
    })
}

fn fault(error: &openssl::ssl::Error) -> Fault {
    let Some(stack) = error.ssl_error() else { return Fault::Library(error.to_string()) };
    let own: Vec<_> = stack.errors().iter().filter(|one| one.library_code() == LIBRARY_SSL).collect();
    let alert = own.iter().find_map(|one| u8::try_from(one.reason_code() - ALERT).ok());
    match alert {
        Some(alert) => Fault::Alert(alert),
        None if own.iter().any(|one| one.reason_code() == BAD_SIGNATURE) => Fault::Signature,
        None => Fault::Library(
            own.first()
                .or(stack.errors().first().as_ref())
                .and_then(|one| one.reason())
                .map_or_else(|| error.to_string(), ToOwned::to_owned),
        ),
    }
}
