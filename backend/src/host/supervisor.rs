//! The door to whoever started us and waits to hear how far we are: systemd, for a unit of `Type=notify` (sd_notify(3)). Started by anybody else
//! there is no such socket, and nothing is said.

use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// What the supervisor is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The console listens.
    Ready,
    /// The console was asked to end, and does.
    Ending,
}

impl Stage {
    fn message(self) -> &'static [u8] {
        match self {
            Self::Ready => b"READY=1",
            Self::Ending => b"STOPPING=1",
        }
    }
}

/// Tells the supervisor, if there is one.
///
/// # Errors
/// What the system says.
pub fn tell(stage: Stage) -> io::Result<()> {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(&socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(stage.message(), &address).map(drop)
}
