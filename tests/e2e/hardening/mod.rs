//! The console as somebody with bad intentions meets it: octets by hand, over real connections.

mod headers;
mod limits;
mod names;
mod slow;
mod tls;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use support::console::{Console, Options};

/// A console without TLS, so that octets can be sent as they are.
fn plain() -> (tempfile::TempDir, Console) {
    let room = tempfile::tempdir().unwrap();
    let console = Console::start(&Options { http: true, ..Options::new(room.path().join("data")) });
    (room, console)
}

fn connected(console: &Console) -> TcpStream {
    let stream = TcpStream::connect(console.origin.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// What comes back until the connection ends; the octets should ask for that.
fn said(console: &Console, octets: &[u8]) -> String {
    let mut stream = connected(console);
    // The console may have answered and closed before all is sent.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Status and headers of an answer, in lower case.
fn head(answer: &str) -> (u16, Vec<(String, String)>) {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    (status, fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect())
}

fn call(method: &str, target: &str, more: &str) -> Vec<u8> {
    format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n").into_bytes()
}
