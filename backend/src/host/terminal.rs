//! Secrets from the person at the terminal: never by argument.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Reads one line from standard input without showing it. The question is asked only of a terminal, so a pipe works too.
pub fn read_secret(question: &str) -> io::Result<Zeroizing<String>> {
    let input = io::stdin();
    if !input.is_terminal() {
        return read_line();
    }
    let mut error = io::stderr();
    let before = tcgetattr(&input)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    // Before the question: whoever answers at once must not be shown either.
    tcsetattr(&input, OptionalActions::Flush, &silent)?;
    write!(error, "{question}: ")?;
    error.flush()?;
    let line = read_line();
    tcsetattr(&input, OptionalActions::Flush, &before)?;
    writeln!(error)?;
    line
}

fn read_line() -> io::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::with_capacity(1100));
    io::stdin().lock().read_line(&mut line)?;
    while line.ends_with(['\n', '\r']) {
        line.pop();
    }
    Ok(line)
}
