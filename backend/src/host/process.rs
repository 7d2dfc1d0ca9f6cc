//! Processes, always by an argument list: there is no shell, and no secret in arguments or environment.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

/// What a child may see of our environment: enough to find programs and libraries, and to log; and by which PKCS#11 modules find their
/// configuration (SoftHSM, kryoptic, OpenSC, p11-kit's client, Luna, Utimaco, nShield).
const KEPT_ENVIRONMENT: [&str; 12] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "RUST_LOG",
    "TZ",
    "HOME",
    "SOFTHSM2_CONF",
    "KRYOPTIC_CONF",
    "OPENSC_CONF",
    "P11_KIT_SERVER_ADDRESS",
    "ChrystokiConfigurationPath",
    "CS_PKCS11_R3_CFG",
    "NFAST_HOME",
];

/// Starts a program of our own with a socket as its standard input; killed when the `Child` is dropped. Its standard error is ours,
/// its standard output nothing. It must end by itself when its standard input ends, which is what it sees when we are killed. It is
/// in its own process group, so that Ctrl-C reaches us alone and we end it.
///
/// # Errors
/// What the system says.
pub fn spawn_on_socket<A: AsRef<OsStr>>(
    program: &Path,
    arguments: &[A],
    variable: Option<(&str, &Path)>,
    socket: UnixStream,
) -> io::Result<tokio::process::Child> {
    tokio_command(program)
        .args(arguments)
        .envs(variable)
        .stdin(Stdio::from(OwnedFd::from(socket)))
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Runs a program to its end and collects what it says; killed after `limit`.
pub async fn run(program: &Path, arguments: &[&str], limit: Duration) -> io::Result<Output> {
    let mut command = tokio_command(program);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    tokio::time::timeout(limit, command.output()).await.map_err(|_| took_too_long(program))?
}

/// The same for callers outside the runtime. The output must be short: it is read after the end.
pub fn run_blocking(program: &Path, arguments: &[&str], limit: Duration) -> io::Result<Output> {
    run_blocking_with_input(program, arguments, b"", limit)
}

/// The same for a program that reads something short, which must fit into a pipe.
pub fn run_blocking_with_input(program: &Path, arguments: &[&str], input: &[u8], limit: Duration) -> io::Result<Output> {
    let mut child = command(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // A program that has ended already did not want it; what it says tells why.
        let _ = pipe.write_all(input);
    }
    let started = Instant::now();
    while child.try_wait()?.is_none() {
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Err(took_too_long(program));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.wait_with_output()
}

/// A program that runs beside us for a while.
#[derive(Debug)]
pub struct Attended(std::process::Child);

impl Attended {
    /// Whether it has ended by itself.
    ///
    /// # Errors
    /// What the system says.
    pub fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program that ends with the value, and with us however we end. What it says goes to a new file.
pub fn attended(program: &Path, arguments: &[&str], log: &Path) -> io::Result<Attended> {
    let log = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(log)?;
    // The kernel ends it when the thread that starts it ends (prctl(2), PR_SET_PDEATHSIG).
    let mut command = command(Path::new("setpriv"));
    command.args(["--pdeathsig", "KILL", "--"]).arg(program).args(arguments);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn().map(Attended)
}

/// The program that is running: what is started again as a worker.
pub fn own_program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// Name of this host.
#[must_use]
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

pub(super) fn took_too_long(program: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("{} did not end in time", program.display()))
}

#[expect(clippy::disallowed_methods, reason = "this is the door")]
fn command(program: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(program);
    command.env_clear().envs(kept_environment());
    command
}

#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub(super) fn tokio_command(program: &Path) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(program);
    command.env_clear().envs(kept_environment());
    command
}

fn kept_environment() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    KEPT_ENVIRONMENT.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_does_not_end_is_killed() {
        let error = run(Path::new("sleep"), &["60"], Duration::from_millis(20)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_worker_has_the_socket_as_its_standard_input() {
        use tokio::io::AsyncWriteExt as _;
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let mut child = spawn_on_socket(Path::new("head"), &["-c", "1"], None, theirs).unwrap();
        let mut ours = tokio::net::UnixStream::from_std(ours).unwrap();
        ours.write_all(b"x").await.unwrap();
        assert!(child.wait().await.unwrap().success());
    }
}
