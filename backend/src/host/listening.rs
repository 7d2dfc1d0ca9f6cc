//! Sockets of this host that other processes connect to: one that somebody else listens at for us, or one of our own.

use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;

use rustix::net::sockopt::socket_acceptconn;

/// The socket on standard input, when it is one that is listened at (`StandardInput=socket` of systemd).
///
/// # Errors
/// What the system says.
pub fn given() -> io::Result<Option<UnixListener>> {
    let input = io::stdin();
    let input = input.as_fd();
    if !socket_acceptconn(input).unwrap_or(false) {
        return Ok(None);
    }
    Ok(Some(input.try_clone_to_owned()?.into()))
}

/// A socket at a path, for root and a group; what an earlier process left there goes.
///
/// # Errors
/// What the system says.
pub fn at(path: &Path, group: u32) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::os::unix::fs::chown(path, Some(0), Some(group))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}
