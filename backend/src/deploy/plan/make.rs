//! Makes a plan: from facts, a target and certificates to files, edits, checks and probes. The same facts and the same files give the
//! same plan.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::{PlanPart, PlanState, PlannedProbe};
use time::OffsetDateTime;

use super::checks::{Checks, ports, service};
use super::draft::{self, Draft};
use super::facts::Facts;
use super::target::{Source, Target};
use super::{Basis, PlannedService, choice, part, probes};
use crate::deploy::change::{Control, EditRefused, ProgramRun, Running, Verdict};
use crate::deploy::editor::{ServiceEditor, editor};
use crate::host::tree::Tree;

/// A plan for one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What is done; nothing when a check failed, or when everything is as it would make it.
    pub planned: Option<PlannedService>,
    /// The same for people, with its checks.
    pub part: PlanPart,
}

/// Seconds that a restart may take.
const RESTART: u64 = 90;

/// Makes the plan.
#[must_use]
pub fn make(facts: &Facts, target: &Target, materials: &[Source], now: OffsetDateTime) -> Made {
    let mut checks = Checks::default();
    let mut part = part::empty(facts);
    service::running(facts, &mut checks);
    ports::check(facts, target, &mut checks);
    service::configuration(facts, &mut checks);
    let editor = editor(facts.service.kind);
    let draft = Draft::of(&draft::Given { facts, target, materials, editor, now }, &mut checks);
    part.certificates = part::certificates(target, &draft.slots, materials);
    part.files = draft.written.iter().map(|written| written.change.clone()).collect();
    part.attributes = part::attributes(&draft.edits);
    part.probes = draft.probes.clone();
    if draft.is_so() && probes::served(&draft.probes, &facts.heard) && !checks.stop() {
        part.attributes.clear();
        part.state = PlanState::Unchanged;
        part.checks = checks.into_inner();
        return Made { planned: None, part };
    }
    let planned = planned(facts, draft, editor, &mut checks);
    if let Some(planned) = &planned {
        part.activation = part::activation(&planned.takeover, &facts.running);
    }
    if checks.stop() {
        return blocked(part, checks);
    }
    part.checks = checks.into_inner();
    Made { planned, part }
}

fn blocked(part: PlanPart, checks: Checks) -> Made {
    Made { planned: None, part: PlanPart { state: PlanState::Blocked, checks: checks.into_inner(), ..part } }
}

/// What is executed; nothing when how the service takes it up is not known, which fails a check.
fn planned(facts: &Facts, draft: Draft, editor: &dyn ServiceEditor, checks: &mut Checks) -> Option<PlannedService> {
    let (tree, config, running, control) = (&facts.tree, Path::new(&facts.service.config), &facts.running, &facts.control);
    let takeover = editor.takeover(tree, config, &facts.observation, running, control, &draft.edits);
    let takeover = takeover.map_err(|refused| refuse("takeover", &refused, checks)).ok()?;
    let restart = restart(control, running);
    service::restart(facts, takeover.disturbance, restart.as_ref(), checks);
    let basis = basis(facts, &draft, checks);
    Some(PlannedService {
        service: facts.service.clone(),
        files: draft.written.into_iter().map(|written| written.planned).collect(),
        attributes: draft.edits.attributes,
        check: editor.own_check(tree, config, running, control),
        takeover,
        restart,
        probes: draft.probes,
        basis,
    })
}

/// Notes why an editor refuses, with its place.
pub fn refuse(code: &str, refused: &EditRefused, checks: &mut Checks) {
    let words = match &refused.place {
        Some(place) => format!("{}:{}: {}", place.file, place.line, refused.words),
        None => refused.words.clone(),
    };
    checks.fail(code, words, None);
}

/// The administrator's line; otherwise systemd's.
pub fn restart(control: &Control, running: &Running) -> Option<ProgramRun> {
    let unit = || Some(vec!["systemctl".to_owned(), "restart".to_owned(), running.unit.clone()?]);
    let arguments = control.restart.clone().or_else(unit)?;
    Some(ProgramRun { arguments, environment: Vec::new(), directory: None, seconds: RESTART, verdict: Verdict::ExitZero })
}

/// Every file of the configuration, and every file that is to be there, as they are now.
fn basis(facts: &Facts, draft: &Draft, checks: &mut Checks) -> Vec<Basis> {
    let configuration = facts.observation.config_files.iter().map(|file| PathBuf::from(&file.path));
    let written = draft.written.iter().map(|written| written.planned.path.clone());
    let mut paths: Vec<PathBuf> = configuration.chain(written).chain(draft.intended.iter().map(|file| file.path.clone())).collect();
    paths.sort();
    paths.dedup();
    let mut one = |path: PathBuf| match Basis::of(&facts.tree, &path) {
        Ok(basis) => Some(basis),
        Err(error) => {
            checks.fail("basis", format!("{} cannot be read: {}.", path.display(), error.source), None);
            None
        }
    };
    paths.into_iter().filter_map(&mut one).collect()
}

/// What the ports of a target are asked before its plan is made.
#[must_use]
pub fn questions(facts: &Facts, target: &Target, materials: &[Source]) -> Vec<PlannedProbe> {
    let (slots, _) = choice::slots(facts, target, materials);
    probes::of(facts, target, materials, &slots)
}

/// The program's own check, to be run before the plan is made: it tells whether the configuration is good as it is.
#[must_use]
pub fn present_check(facts: &Facts) -> Option<ProgramRun> {
    editor(facts.service.kind).own_check(&facts.tree, Path::new(&facts.service.config), &facts.running, &facts.control)
}

/// What became of a file that the plan was made from, as a sentence; nothing when all are as they were.
#[must_use]
pub fn stale(planned: &PlannedService, tree: &Tree) -> Option<String> {
    planned.basis.iter().find_map(|basis| basis.difference(tree))
}
