//! The door to the log of the host: one datagram to a socket of the file system.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::net::UnixDatagram;

/// Sends a datagram, and waits at most so long for room in the socket.
///
/// # Errors
/// What the system says; `TimedOut` when nobody reads.
pub async fn send(socket: &Path, datagram: &[u8], limit: Duration) -> io::Result<()> {
    let sender = UnixDatagram::unbound()?;
    let sent = tokio::time::timeout(limit, sender.send_to(datagram, socket)).await;
    sent.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "nobody reads from the socket"))?.map(drop)
}
