//! Programs that check and control services. They may leave a daemon behind that holds their output open, hang, or write to any of the
//! three standard streams.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::{Either, select};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Child;

use super::process;

/// Where programs are looked for that are named without a slash, before the directories of our own environment.
const DIRECTORIES: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What is kept of that which a program writes; the rest is read and forgotten.
const KEPT_OUTPUT: usize = 64 << 10;
/// How long output is still read after the end: what the program wrote itself is there by then.
const AFTERMATH: Duration = Duration::from_millis(200);

/// A program to run.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    /// The program and its arguments.
    pub arguments: &'a [String],
    /// Variables beside the usual ones.
    pub environment: &'a [(String, String)],
    /// The directory it works in.
    pub directory: &'a Path,
    /// How long it may take. Then it is killed with all that is in its process group.
    pub limit: Duration,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Said {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output, error and input, mixed as it came, at most 64 KiB.
    pub output: String,
}

/// Runs a program and waits for its end, not for the end of its output, which a daemon that it started may hold open. Its standard input
/// is a socket that says nothing: vsftpd writes its errors there.
///
/// # Errors
/// When it cannot be started, or does not end in time (`TimedOut`).
pub async fn run(program: Program<'_>) -> io::Result<Said> {
    run_with_input(program, &[]).await
}

/// The same for a program that reads something from its standard input. One that does not read it to the end is told no more.
///
/// # Errors
/// Likewise.
pub async fn run_with_input(program: Program<'_>, given: &[u8]) -> io::Result<Said> {
    let nothing = || io::Error::new(io::ErrorKind::InvalidInput, "there is no program to run");
    let (name, arguments) = program.arguments.split_first().ok_or_else(nothing)?;
    let (input, theirs) = UnixStream::pair()?;
    input.set_nonblocking(true)?;
    let path = std::env::var("PATH").map_or_else(|_| DIRECTORIES.to_owned(), |own| format!("{DIRECTORIES}:{own}"));
    let mut child = process::tokio_command(Path::new(name))
        .args(arguments)
        .env("PATH", path)
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .current_dir(program.directory)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let output = Output::default();
    let (out, error) = (child.stdout.take(), child.stderr.take());
    let (input, mut giving) = tokio::net::UnixStream::from_std(input)?.into_split();
    let give = async {
        // One that wants nothing of it has closed its end.
        let _ = giving.write_all(given).await;
        let _ = giving.shutdown().await;
    };
    let reading = pin!(async { tokio::join!(give, output.keep(Some(input)), output.keep(out), output.keep(error)) });
    let status = match select(pin!(end(&mut child, name, program.limit)), reading).await {
        Either::Left((status, reading)) => {
            // A daemon that holds an end open is not waited for.
            let _ = tokio::time::timeout(AFTERMATH, reading).await;
            status
        }
        Either::Right((_, ending)) => ending.await,
    }?;
    Ok(Said { status, output: output.text() })
}

async fn end(child: &mut Child, name: &str, limit: Duration) -> io::Result<ExitStatus> {
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Ok(status) = tokio::time::timeout(limit, child.wait()).await {
        return status;
    }
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    child.wait().await?;
    Err(process::took_too_long(Path::new(name)))
}

/// What was written to several streams.
#[derive(Default)]
struct Output(Mutex<Vec<u8>>);

impl Output {
    async fn keep(&self, stream: Option<impl AsyncRead + Unpin>) {
        let Some(mut stream) = stream else { return };
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let room = KEPT_OUTPUT.saturating_sub(kept.len()).min(length);
            kept.extend_from_slice(buffer.get(..room).unwrap_or_default());
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    async fn shell(script: &str, limit: Duration) -> io::Result<Said> {
        let arguments = ["sh", "-c", script].map(str::to_owned);
        let environment = [("GREETING".to_owned(), "good day".to_owned())];
        run(Program { arguments: &arguments, environment: &environment, directory: Path::new("/usr"), limit }).await
    }

    #[tokio::test]
    async fn all_three_streams_are_read_with_environment_and_directory() {
        let said = shell("echo out; echo error >&2; echo \"$GREETING from $PWD\" >&0; exit 3", Duration::from_secs(20)).await.unwrap();
        assert_eq!(said.status.code(), Some(3));
        let mut lines: Vec<_> = said.output.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["error", "good day from /usr", "out"]);
    }

    #[tokio::test]
    async fn a_daemon_that_is_left_behind_is_not_waited_for() {
        let started = Instant::now();
        let said = shell("sleep 10 & echo $!; exit 0", Duration::from_secs(20)).await.unwrap();
        assert!(said.status.success() && started.elapsed() < Duration::from_secs(5));
        let left: i32 = said.output.trim().parse().unwrap();
        rustix::process::kill_process(Pid::from_raw(left).unwrap(), Signal::KILL).unwrap();
    }

    #[tokio::test]
    async fn what_does_not_end_in_time_is_killed_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("note");
        let script = format!("sleep 60 & echo $! > {0}.part; mv {0}.part {0}; wait", note.display());
        let error = shell(&script, Duration::from_secs(1)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let child = std::fs::read_to_string(note).unwrap();
        // Killed, if perhaps not yet reaped by whoever adopted it.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
        assert!(stat.is_empty() || stat.contains(") Z "), "{stat}");
    }

    #[tokio::test]
    async fn what_is_given_is_read_and_who_does_not_read_it_ends_all_the_same() {
        let given = "one line\n".repeat(100_000);
        let (environment, directory, limit) = ([], Path::new("/"), Duration::from_secs(20));
        let said = async |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            run_with_input(Program { arguments: &arguments, environment: &environment, directory, limit }, given.as_bytes()).await.unwrap()
        };
        assert_eq!(said(&["wc", "-l"]).await.output.trim(), "100000");
        assert!(said(&["true"]).await.status.success());
    }

    #[tokio::test]
    async fn endless_output_is_cut_and_does_not_stop_the_program() {
        let said = shell("head -c 1000000 /dev/zero", Duration::from_secs(20)).await.unwrap();
        assert!(said.status.success());
        assert_eq!(said.output.len(), KEPT_OUTPUT);
    }
}
