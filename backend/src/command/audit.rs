//! `certdeck audit verify`: on the state beside a running console, or on an exported log anywhere.

use std::io::{BufReader, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use certdeck_shared::api::activity::{AuditVerification, is_digest};
use clap::Subcommand;

use super::Place;
use crate::host::files;
use crate::state::{verify_export, verify_state};

/// The log is not as it was written.
const ALTERED: u8 = 1;

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Follows the chain of digests and names the first entry that does not fit. Ends with 0 when all fit, with 1 when one does not, and
    /// with 2 when that could not be found out.
    ///
    /// Who can write the file can digest it all anew; that shows by --head alone: a digest that an earlier verification printed, or the
    /// console's log, kept where others cannot write.
    Verify {
        /// A digest that was kept elsewhere; an entry must have it.
        #[arg(long, value_name = "DIGEST", value_parser = digest)]
        head: Option<String>,
        /// An exported log (JSON lines) instead of the console's own.
        #[arg(long, value_name = "FILE", conflicts_with_all = ["data_dir", "config"])]
        file: Option<PathBuf>,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
}

impl AuditCommand {
    pub(super) fn run(self) -> Result<ExitCode, Box<dyn std::error::Error>> {
        let Self::Verify { head, file, json, place } = self;
        let found = match &file {
            Some(path) => verify_export(BufReader::new(files::open(path)?), head.as_deref())?,
            None => verify_state(&place.settings(None, false)?.data_dir.join("state.sqlite"), head.as_deref())?,
        };
        let mut out = std::io::stdout();
        if json {
            writeln!(out, "{}", serde_json::to_string(&found)?)?;
        } else {
            writeln!(out, "{}", words(&found))?;
        }
        Ok(if found.intact { ExitCode::SUCCESS } else { ExitCode::from(ALTERED) })
    }
}

fn digest(text: &str) -> Result<String, String> {
    if is_digest(text) { Ok(text.to_owned()) } else { Err("a digest is 64 digits of hexadecimal".to_owned()) }
}

fn words(found: &AuditVerification) -> String {
    let range = found.first.map_or_else(|| "no entries".to_owned(), |first| format!("entries {first} to {}", found.head.entry));
    match (&found.fault, found.known) {
        (Some(fault), _) => format!("not intact: {}\nfitting before it: {range}", fault.detail),
        (None, Some(known)) => format!("intact: {range}; entry {known} has the digest that was kept\nhead: {}", found.head.hash),
        (None, None) => format!("intact: {range}\nhead: {}", found.head.hash),
    }
}
