//! Running the programs by which services are checked, reloaded and restarted.

use std::path::Path;
use std::time::Duration;

use super::change::{ProgramRun, Verdict};
use crate::host::program::{self, Program};

/// What is told of that which a program wrote: its last lines, where the reason stands.
const LINES: usize = 6;
const LONGEST_LINE: usize = 300;

/// Runs a program and looks whether it said what it must; why it did not end well, as a sentence.
pub async fn run(run: &ProgramRun) -> Option<String> {
    let ProgramRun { arguments, environment, directory, seconds, verdict } = run;
    let name = arguments.first().map_or("", String::as_str);
    let directory = directory.as_deref().unwrap_or(Path::new("/"));
    let said = match program::run(Program { arguments, environment, directory, limit: Duration::from_secs(*seconds) }).await {
        Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            return Some(format!("{name} did not end within {seconds} seconds and was killed."));
        }
        Err(error) => return Some(format!("{name} could not be run: {error}.")),
        Ok(said) => said,
    };
    let well = match verdict {
        Verdict::ExitZero => said.status.success(),
        Verdict::Writes(text) => said.output.contains(text),
    };
    (!well).then(|| format!("{name} ended with {}{}", said.status, told(&said.output)))
}

/// The end of what a program wrote. Some print the private key when they are asked for a setting; nothing is told then.
fn told(output: &str) -> String {
    let lines: Vec<String> =
        output.lines().filter(|line| !line.trim().is_empty()).map(|line| line.chars().take(LONGEST_LINE).collect()).collect();
    if lines.is_empty() || output.contains("PRIVATE KEY") {
        return ".".to_owned();
    }
    format!(": {}", lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n"))
}
