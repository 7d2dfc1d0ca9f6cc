//! A TCP connection that is over when the time of its probe is.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// Octets that are read at once.
const PIECE: usize = 4_096;

/// Why a connection did not come about, or gave no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Break {
    /// Nothing listens there.
    Refused,
    /// There is no way there, in the system's words.
    Unreachable(String),
    /// No connection within the time.
    NoConnection,
    /// Connected, and then not one octet within the time.
    Silent,
    /// An answer that began and was not whole within the time.
    Slow,
    /// The other side ended it.
    Closed,
}

/// The connection.
pub(super) struct Wire {
    stream: TcpStream,
    deadline: Instant,
    /// What has arrived and nobody has taken yet.
    pub(super) input: Vec<u8>,
    /// Whether something has arrived since we spoke last.
    heard: bool,
}

impl Wire {
    pub(super) async fn connect(address: SocketAddr, until: Instant, deadline: Instant) -> Result<Self, Break> {
        let stream = timeout_at(until, TcpStream::connect(address)).await.map_err(|_| Break::NoConnection)?;
        let stream = stream.map_err(|error| match error.kind() {
            io::ErrorKind::ConnectionRefused => Break::Refused,
            io::ErrorKind::TimedOut => Break::NoConnection,
            _ => Break::Unreachable(error.to_string()),
        })?;
        // Our messages are short, and each is waited for.
        let _ = stream.set_nodelay(true);
        Ok(Self { stream, deadline, input: Vec::new(), heard: false })
    }

    /// Our own address.
    pub(super) fn local(&self) -> Option<SocketAddr> {
        self.stream.local_addr().ok()
    }

    /// Sends what there is. That the other side is gone shows when it is read from next, together with its last words.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.heard = false;
            let _ = timeout_at(self.deadline, self.stream.write_all(bytes)).await;
        }
    }

    /// Waits for more input.
    pub(super) async fn fill(&mut self) -> Result<(), Break> {
        self.fill_until(self.deadline).await
    }

    /// The same with a time of its own, no later than that of the probe.
    pub(super) async fn fill_until(&mut self, until: Instant) -> Result<(), Break> {
        let mut piece = [0; PIECE];
        match timeout_at(until.min(self.deadline), self.stream.read(&mut piece)).await {
            Err(_) if self.heard => Err(Break::Slow),
            Err(_) => Err(Break::Silent),
            Ok(Ok(0) | Err(_)) => Err(Break::Closed),
            Ok(Ok(length)) => {
                self.heard = true;
                self.input.extend_from_slice(piece.get(..length).unwrap_or_default());
                Ok(())
            }
        }
    }

    /// Everything that has arrived, at least one octet.
    pub(super) async fn take(&mut self, until: Instant) -> Result<Vec<u8>, Break> {
        if self.input.is_empty() {
            self.fill_until(until).await?;
        }
        Ok(std::mem::take(&mut self.input))
    }

    /// When the time of the probe is over.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }
}
