//! `certdeck doctor`.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::Place;
use crate::domain::doctor::{self, Finding, Level};
use crate::helper::Client;
use crate::host::beyond;
use crate::host::log::visible;

/// Looks at the console and its host, and says what is amiss, why that matters and what to do. Changes nothing; the console may run.
///
/// Ends with 0 when all is well, with 1 when something is not, and with 2 when that could not be found out.
#[derive(Args)]
pub(super) struct Doctor {
    /// Prints a JSON array.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

impl Doctor {
    pub(super) async fn run(self) -> Result<ExitCode, Box<dyn std::error::Error>> {
        let settings = self.place.settings(None, false)?;
        if let Some(socket) = &settings.host_helper {
            beyond::name(Arc::new(Client::new(socket.clone())));
        }
        let findings = doctor::examine(settings).await?;
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&findings)?)?;
        } else {
            for finding in &findings {
                writeln!(out, "{}", words(finding))?;
            }
        }
        let well = findings.iter().all(|finding| finding.level == Level::Good);
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// Names and answers of other programs are shown, not obeyed.
fn words(finding: &Finding) -> String {
    let level = match finding.level {
        Level::Good => "good   ",
        Level::Warning => "WARNING",
        Level::Failure => "FAILURE",
    };
    let mut text = format!("{level} {}: {}", visible(&finding.subject), visible(&finding.what));
    if finding.level != Level::Good {
        text.push_str(&format!("\n        {}\n        do: {}", finding.why, visible(&finding.cure)));
    }
    text
}
