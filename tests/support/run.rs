//! Running the tools that are asked for their opinion: certutil, pk12util, openssl.

use std::ffi::OsStr;
use std::io::{ErrorKind, Write as _};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a program may be busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a tool said.
#[derive(Debug, Clone)]
pub struct Said {
    /// Whether it ended with success.
    pub success: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A program to be started with an environment or at a terminal of its own.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// Runs a program with these bytes on standard input.
pub fn with_input<A: AsRef<OsStr>>(program: &str, arguments: &[A], input: &[u8]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = started(&mut command)
        .unwrap_or_else(|error| panic!("{program} cannot be started ({error}); `.ci/setup packages tests` installs it"));
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A tool that prints before it has read all would block us both.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// A script that was just written cannot be started while a child of another thread, forked meanwhile, still has it open for writing: until that
/// child is its own program.
fn started(command: &mut Command) -> std::io::Result<Child> {
    let begun = Instant::now();
    loop {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

/// Runs a program and returns what it said, whatever its opinion.
pub fn ask<A: AsRef<OsStr>>(program: &str, arguments: &[A]) -> Said {
    let output = with_input(program, arguments, b"");
    Said {
        success: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs a program that must succeed and returns its standard output.
pub fn must<A: AsRef<OsStr> + std::fmt::Debug>(program: &str, arguments: &[A]) -> String {
    let said = ask(program, arguments);
    assert!(said.success, "{program} {arguments:?} failed\n{}{}", said.out, said.err);
    said.out
}

/// `openssl` with input, must succeed; standard output as bytes.
pub fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = with_input("openssl", arguments, input);
    assert!(output.status.success(), "openssl {arguments:?} failed\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
