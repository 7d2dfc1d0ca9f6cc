//! The child process: reads requests from its standard input, a socket, and performs them one after the other.

use std::process::ExitCode;

/// Main function of `certdeck token-worker`.
#[must_use]
pub fn run() -> ExitCode {
    ExitCode::FAILURE
}
