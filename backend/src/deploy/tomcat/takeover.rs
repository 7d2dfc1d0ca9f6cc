//! How Tomcat takes up new files and settings while it runs. It reads `server.xml` once; certificates it reads again when its own listener
//! or a manager tells it to.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::elements::{self, Element};
use crate::deploy::change::{Activation, Control, EditRefused, Edits, ProgramRun, Running, Takeover, Verdict};
use crate::deploy::reading::Reading;
use crate::host::tree::Tree;

const PATIENCE_SECONDS: u64 = 120;
const LISTENER: &str = "org.apache.catalina.security.TLSCertificateReloadListener";
/// How often Tomcat wakes its listeners, and some time to read the files.
const WAKES_SECONDS: u64 = 15;
/// A listener that looks less often is not waited for.
const LONGEST_PERIOD_SECONDS: u64 = 60;
/// The listener reads certificates anew only when they end within so many days: fewer leave those of a CA of one's own out.
const FEWEST_DAYS: u64 = 3650;

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
        if let Some(seconds) = listener(tree, config) {
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
                 command, or server.xml a TLSCertificateReloadListener with checkPeriod=\"1\" and daysBefore=\"20000\"."
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

/// How long Tomcat's own listener takes at most, when there is one that may be relied on.
fn listener(tree: &Tree, config: &Path) -> Option<u64> {
    let elements = elements::read(&mut Reading::new(tree), config).ok()?;
    let mut listeners = elements.roots.iter().flat_map(|root| root.children("Listener"));
    let listener = listeners.find(|listener| listener.value("className") == LISTENER)?;
    let number = |element: &Element, name: &str, otherwise: u64| -> u64 { element.value(name).parse().unwrap_or(otherwise) };
    let period = number(listener, "checkPeriod", 86_400);
    let far = number(listener, "daysBefore", 14) >= FEWEST_DAYS;
    (far && period <= LONGEST_PERIOD_SECONDS).then_some(period + WAKES_SECONDS)
}
