//! Starting other programs.

use std::{ffi::OsStr, io, os::unix::net::UnixStream, path::Path, process::Stdio};

use tokio::process::{Child, Command};

/// Starts a program of our own with a socket as its standard input; killed when the `Child` is dropped. Its environment is empty but
/// for the log filter, so that nothing in ours steers the libraries it loads; its standard error is ours.
///
/// # Errors
/// What the system says.
#[expect(clippy::disallowed_methods, reason = "this is the door that the rule names")]
pub fn spawn_on_socket<A: AsRef<OsStr>>(program: &Path, arguments: &[A], socket: UnixStream) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().stdin(Stdio::from(std::os::fd::OwnedFd::from(socket))).stdout(Stdio::null());
    for kept in ["RUST_LOG", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command.stderr(Stdio::inherit()).kill_on_drop(true).spawn()
}
