//! The service as it runs.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::Checks;
use super::confinement::allows;
use crate::deploy::change::ProgramRun;
use crate::deploy::plan::facts::{Confinement, Facts};

/// Most places that are told one by one.
const MOST_REMARKS: usize = 5;

/// Whether it runs.
pub fn running(facts: &Facts, checks: &mut Checks) {
    let title = facts.service.kind.title();
    match (&facts.running.main, &facts.running.unit) {
        (None, _) => checks.fail(
            "running",
            format!("{title} does not run with {}.", facts.service.config),
            Some("Start it first: what it serves is the proof of a change, and of the way back.".to_owned()),
        ),
        (Some(main), Some(unit)) => checks.pass("running", format!("{title} runs as process {}, unit {unit}.", main.id)),
        (Some(main), None) => checks.pass("running", format!("{title} runs as process {}.", main.id)),
    }
}

/// Version, and what of the configuration is not understood.
pub fn configuration(facts: &Facts, checks: &mut Checks) {
    let title = facts.service.kind.title();
    match &facts.version {
        Some(version) => checks.pass("version", format!("{title}: {version}.")),
        None => {
            checks.warn("version", format!("The version of {title} cannot be told: it is not in one of the system's directories."), None)
        }
    }
    for remark in facts.observation.remarks.iter().take(MOST_REMARKS) {
        checks.warn("configuration-understood", format!("{}:{}: {}", remark.place.file, remark.place.line, remark.words), None);
    }
    if let Some(more) = facts.observation.remarks.len().checked_sub(MOST_REMARKS).filter(|more| *more > 0) {
        checks.warn("configuration-understood", format!("{more} more places of the configuration are not understood."), None);
    }
    match &facts.checked {
        None => {}
        Some(checked) => {
            let line = checked.arguments.join(" ");
            match &checked.refusal {
                None => checks.pass("own-check", format!("`{line}` accepts the configuration as it is.")),
                Some(words) => checks.fail(
                    "own-check",
                    format!("`{line}` refuses the configuration as it is: {words}"),
                    Some("Correct it first: the service would not start again.".to_owned()),
                ),
            }
        }
    }
}

/// Whether somebody can start it again.
pub fn restart(facts: &Facts, disturbance: Disturbance, restart: Option<&ProgramRun>, checks: &mut Checks) {
    const CODE: &str = "restart-known";
    let title = facts.service.kind.title();
    let note = "Give the service a restart line, such as systemctl restart UNIT.";
    match (restart, disturbance) {
        (Some(run), _) => checks.pass(CODE, format!("{title} is started again by `{}` when it dies.", run.arguments.join(" "))),
        (None, Disturbance::Restart) => {
            checks.fail(CODE, format!("{title} must be restarted, and how is not known."), Some(note.to_owned()))
        }
        (None, _) => checks.warn(CODE, format!("If {title} dies of the change, nobody can start it again."), Some(note.to_owned())),
    }
}

/// Whether something beside the modes keeps the program from a file.
pub fn confinement(facts: &Facts, files: &[&Path], checks: &mut Checks) {
    const CODE: &str = "confinement";
    match &facts.confinement {
        Confinement::None => checks.pass(CODE, "Neither AppArmor nor SELinux keeps it from files."),
        Confinement::SeLinux => checks.warn(
            CODE,
            "SELinux goes by the labels of files: those that are replaced keep theirs, new ones get that of their directory.",
            Some("If the service cannot read a new file, everything goes back; restorecon then corrects the labels.".to_owned()),
        ),
        Confinement::AppArmor { profile, rules } => {
            for file in files {
                let path = file.display();
                match rules.as_deref().map(|rules| allows(rules, &path.to_string())) {
                    Some(Some(true)) => checks.pass(CODE, format!("The AppArmor profile {profile} lets it read {path}.")),
                    Some(Some(false)) => checks.fail(
                        CODE,
                        format!("The AppArmor profile {profile} forbids it to read {path}."),
                        Some("Choose a directory that the profile has, or change the profile.".to_owned()),
                    ),
                    Some(None) | None => checks.warn(
                        CODE,
                        format!("The AppArmor profile {profile} is enforced, and no rule that is understood lets it read {path}."),
                        Some(format!("Add `{path} r,` to its local additions in /etc/apparmor.d/local, and load it anew.")),
                    ),
                }
            }
        }
    }
}
