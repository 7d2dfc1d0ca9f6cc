//! How Tomcat takes up new files and settings while it runs. It reads `server.xml` once; certificates it reads again when its own listener
//! or a manager tells it to.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::{elements, watch};
use crate::deploy::change::{Activation, Control, EditRefused, Edits, ProgramRun, Running, Takeover, Verdict};
use crate::deploy::reading::Reading;
use crate::host::tree::Tree;

const PATIENCE_SECONDS: u64 = 120;

/// A program of the administrator's.
pub fn run(arguments: Vec<String>) -> ProgramRun {
    ProgramRun { arguments, environment: Vec::new(), directory: None, seconds: PATIENCE_SECONDS, verdict: Verdict::ExitZero }
}

/// The gentlest way there is.
pub fn of(tree: &Tree, config: &Path, running: &Running, control: &Control, edits: &Edits) -> Result<Takeover, EditRefused> {
    let told = |activation, disturbance, why: &str| Ok(Takeover { activation, disturbance, why: why.to_owned() });
    if running.main.is_none() && control.reload.is_none() && control.restart.is_none() {
        return told(Activation::Nothing, Disturbance::None, "Tomcat does not run: it reads the files when it is started.");
    }
    if edits.files.is_empty() {
        if let Some(arguments) = &control.reload {
            return told(
                Activation::Run(run(arguments.clone())),
                Disturbance::Reload,
                "The service has a command that makes Tomcat read its certificates anew.",
            );
        }
        if let Some(seconds) = elements::read(&mut Reading::new(tree), config).ok().and_then(|elements| watch::seconds(&elements)) {
            return told(
                Activation::Wait { seconds },
                Disturbance::Wait,
                "Tomcat's TLSCertificateReloadListener looks for newer certificates by itself.",
            );
        }
    }
    let restart = match (&control.restart, &running.unit) {
        (Some(arguments), _) => arguments.clone(),
        (None, Some(unit)) => ["systemctl", "restart", unit].map(str::to_owned).to_vec(),
        (None, None) => {
            let words = if edits.files.is_empty() {
                "Tomcat reads certificates anew only when it is started again, and how that is done is not known: give the service a restart \
                 command, or a reload command that asks Tomcat's manager (/manager/text/sslReload)."
            } else {
                "Tomcat reads server.xml only when it is started again, and how that is done is not known: give the service a restart command."
            };
            return Err(EditRefused::because(words));
        }
    };
    let why = if edits.files.is_empty() {
        "Nothing that runs in this Tomcat reads certificates anew: it is started again, and sessions end."
    } else {
        "Tomcat reads server.xml only when it is started: it is started again, and sessions end."
    };
    told(Activation::Run(run(restart)), Disturbance::Restart, why)
}
