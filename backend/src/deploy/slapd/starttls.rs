//! StartTLS over the socket of a slapd, up to a finished handshake: the proof that it can serve what it loaded.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode};

/// A request for StartTLS (RFC 4511, section 4.14): message 1, extended request, 1.3.6.1.4.1.1466.20037.
const REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
/// What an answer to message 1 begins with, up to its result code: extended response, enumerated.
const RESPONSE: &[u8] = b"\x02\x01\x01\x78";

/// How far it came.
#[derive(Debug, thiserror::Error)]
pub enum StartTlsError {
    /// Nobody answers, or not any more.
    #[error("no answer: {0}")]
    Silent(#[from] std::io::Error),
    /// It answered with another code than success.
    #[error("it answers with {0}")]
    Refused(u8),
    /// There was no handshake.
    #[error("{0}")]
    Handshake(String),
}

/// One handshake, whoever is there: nothing is verified but that the server has the key of its certificate. Each read and write may take
/// `limit`. Blocks.
pub fn handshake(socket: &Path, limit: Duration) -> Result<(), StartTlsError> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    stream.write_all(REQUEST)?;
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let [_, length] = head;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer)?;
    // The length of the response follows in one octet, then the code: 0a 01 CODE.
    match answer.strip_prefix(RESPONSE) {
        Some([_, 0x0a, 1, 0, ..]) => {}
        Some([_, 0x0a, 1, code, ..]) => return Err(StartTlsError::Refused(*code)),
        _ => return Err(StartTlsError::Handshake("the answer to StartTLS is none".to_owned())),
    }
    let failed = |error: &dyn std::fmt::Display| StartTlsError::Handshake(error.to_string());
    let mut context = SslContext::builder(SslMethod::tls_client()).map_err(|error| failed(&error))?;
    context.set_verify(SslVerifyMode::NONE);
    // Old keys and ciphers are the plan's to judge.
    context.set_cipher_list("ALL:@SECLEVEL=0").map_err(|error| failed(&error))?;
    let client = Ssl::new(&context.build()).map_err(|error| failed(&error))?;
    client.connect(stream).map(drop).map_err(|error| failed(&error))
}
