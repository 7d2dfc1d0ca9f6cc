//! The program.

use std::process::ExitCode;

fn main() -> ExitCode {
    certdeck::command::run()
}
