//! How slapd checks its configuration, and how it takes a change up.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::is_directory;
use super::started::Started;
use crate::deploy::change::{Activation, Control, EditRefused, Edits, ProgramRun, Running, Takeover, Verdict};
use crate::host::tree::Tree;

const PATIENCE_SECONDS: u64 = 60;

fn run(arguments: Vec<String>) -> ProgramRun {
    ProgramRun { arguments, environment: Vec::new(), directory: None, seconds: PATIENCE_SECONDS, verdict: Verdict::ExitZero }
}

/// `slaptest`, which notices errors of syntax and nothing about certificates and keys: those are tried with a slapd of their own.
pub fn check(tree: &Tree, config: &Path, control: &Control) -> ProgramRun {
    let option = if is_directory(tree, config) { "-F" } else { "-f" };
    let usual = || ["slaptest", "-u", option, &config.display().to_string()].map(str::to_owned).to_vec();
    run(control.check.clone().unwrap_or_else(usual))
}

/// One modify for `cn=config`, while it runs; a restart for `slapd.conf` and for where it listens.
pub fn of(tree: &Tree, config: &Path, running: &Running, control: &Control, edits: &Edits) -> Result<Takeover, EditRefused> {
    let restart = || {
        let unit = running.unit.as_ref().map(|unit| ["systemctl", "restart", unit].map(str::to_owned).to_vec());
        let arguments = control.restart.clone().or(unit);
        arguments.map(run).ok_or_else(|| {
            EditRefused::because("slapd must be restarted for this, and it is not known how: give the service a restart line.")
        })
    };
    let changes = edits.attributes.iter().any(|attribute| attribute.before != attribute.after);
    let Some(process) = &running.main else {
        return match changes {
            true => Err(EditRefused::because("slapd does not run, and cn=config is changed by the running slapd alone: start it first.")),
            false => Ok(Takeover {
                activation: Activation::Nothing,
                disturbance: Disturbance::None,
                why: "slapd does not run: it reads the files when it is started.".to_owned(),
            }),
        };
    };
    if !is_directory(tree, config) {
        let activation = Activation::Run(match &control.reload {
            Some(reload) if edits.files.is_empty() => run(reload.clone()),
            _ => restart()?,
        });
        let why = "slapd reads slapd.conf and the files that it names only when it starts.".to_owned();
        return Ok(Takeover { activation, disturbance: Disturbance::Restart, why });
    }
    let Some(url) = Started::of(tree, Some(process)).ldapi().map(str::to_owned) else {
        if changes {
            return Err(EditRefused::because(
                "slapd has no socket on this host, over which cn=config is changed: add ldapi:/// to its addresses and restart it.",
            ));
        }
        let why = "slapd has no socket on this host, over which it could be told to read the files anew.".to_owned();
        return Ok(Takeover { activation: Activation::Run(restart()?), disturbance: Disturbance::Restart, why });
    };
    if edits.files.is_empty() {
        let why =
            "slapd reads certificate and key anew when its TLS attributes are written, with the same values as well; connections stay.";
        return Ok(Takeover {
            activation: Activation::Modify { url, restart: None },
            disturbance: Disturbance::Reload,
            why: why.to_owned(),
        });
    }
    let why = "slapd learns where it listens only when it starts.".to_owned();
    Ok(Takeover { activation: Activation::Modify { url, restart: Some(restart()?) }, disturbance: Disturbance::Restart, why })
}
