//! The steps of a deployment: what is done, how long it took, and what each port was seen to serve.

use crate::view::*;
use certdeck_shared::api::deployment::{Deployment, DeploymentState, DeploymentStep, Proof, StepState};
use certdeck_shared::api::plan::PlanPart;

use super::part::{port_words, short};
use crate::components::icon::{glyph, state, toned_glyph};

/// How a deployment stands.
pub fn standing(deployment: DeploymentState) -> View {
    match deployment {
        DeploymentState::Running => view! { <span class="state live"><span class="spin">{glyph("running")}</span>"Applying"</span> },
        DeploymentState::RollingBack => view! { <span class="state live"><span class="spin">{glyph("running")}</span>"Taking back"</span> },
        DeploymentState::Succeeded => state("ok", "ok", "Served and proved"),
        DeploymentState::RolledBack => state("due", "warn", "Taken back"),
        DeploymentState::Partly => state("soon", "warn", "In part"),
        DeploymentState::NeedsAttention => state("expired", "bad", "Needs attention"),
    }
}

/// Whether it goes on.
pub fn goes_on(state: DeploymentState) -> bool {
    matches!(state, DeploymentState::Running | DeploymentState::RollingBack)
}

/// Glyph and tone of a service by its steps.
pub fn of_part(steps: &[DeploymentStep], place: usize) -> (&'static str, &'static str) {
    let mut own = steps.iter().filter(|step| step.part == Some(place)).peekable();
    if own.peek().is_none() {
        return ("none", "off");
    }
    let states: Vec<StepState> = own.map(|step| step.state).collect();
    let any = |state| states.contains(&state);
    match (any(StepState::Failed), any(StepState::Running), any(StepState::Waiting), any(StepState::Done)) {
        (true, ..) => ("expired", "bad"),
        (_, true, ..) => ("running", "live"),
        (_, _, true, _) | (.., false) => ("none", "off"),
        _ => ("ok", "ok"),
    }
}

/// The bar and the steps.
pub fn steps(deployment: &Deployment) -> View {
    let over = deployment.steps.iter().filter(|step| !matches!(step.state, StepState::Waiting | StepState::Running)).count();
    let share = (over * 100).checked_div(deployment.steps.len()).unwrap_or(0).to_string();
    let tone = match deployment.state {
        DeploymentState::Succeeded => "ok",
        DeploymentState::NeedsAttention => "bad",
        DeploymentState::RolledBack | DeploymentState::Partly => "warn",
        DeploymentState::Running | DeploymentState::RollingBack => "live",
    };
    let rows: Vec<_> = deployment.steps.iter().map(step).collect();
    view! {
        <div class="sect" role="progressbar" aria-label="Steps of the deployment" aria-valuemin="0" aria-valuemax="100" aria-valuenow=share.clone()>
            <svg class=["meter progress ", tone].concat() viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">
                <rect class="m0" width="100" height="5"></rect><rect class="m1" width=share height="5"></rect>
            </svg>
        </div>
        <section class="sect"><ol class="steps">{rows}</ol></section>
    }
}

fn step(step: &DeploymentStep) -> View {
    let (mark, class, spoken) = match step.state {
        StepState::Waiting => (toned_glyph("none", "off"), "todo", "waits: "),
        StepState::Running => (view! { <span class="live spin">{glyph("running")}</span> }, "", "goes on: "),
        StepState::Done => (toned_glyph("ok", "ok"), "", "done: "),
        StepState::Failed => (toned_glyph("expired", "bad"), "", "failed: "),
        StepState::Skipped => (toned_glyph("none", "off"), "todo", "not needed: "),
    };
    let time = step.milliseconds.map(duration).unwrap_or_default();
    let proof = step.proof.as_ref().map(proof);
    let problem = step.problem.clone().map(|words| view! { <p class="note bad break">{words}</p> });
    let words = step.words.clone();
    view! { <li class=class><span class="k">{mark}</span><span class="break"><span class="sr">{spoken}</span>{words}</span><span class="n">{time}</span>{proof}{problem}</li> }
}

fn proof(proof: &Proof) -> View {
    let good = proof.served.as_ref() == Some(&proof.expected);
    let (tone, served) = match &proof.served {
        Some(served) => (if good { "ok" } else { "warn" }, short(served)),
        None => ("warn", String::new()),
    };
    let version = proof.tls_version.clone().unwrap_or_default();
    let behind = if good { [&version, ", ", &duration(proof.milliseconds)].concat() } else { format!("{version} try {}", proof.tries) };
    let title = proof.served.clone().unwrap_or_default();
    view! { <div class="proof"><span class=tone>{proof.words.clone()}</span><br/><code title=title>{served}</code>" "<span class="faint">{behind}</span></div> }
}

fn duration(milliseconds: u64) -> String {
    if milliseconds < 100 { format!("{milliseconds} ms") } else { format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100) }
}

/// What a plan will do, before it begins.
pub fn planned(parts: &[PlanPart]) -> View {
    let mut rows: Vec<View> = vec![waiting("Compare every file with this plan"), waiting("Checkpoint of everything that is replaced")];
    for part in parts.iter().filter(|part| part.state == certdeck_shared::api::plan::PlanState::Ready) {
        if !part.files.is_empty() {
            let count = part.files.len();
            let files = if count == 1 { " file" } else { " files" };
            rows.push(waiting([part.label.as_str(), ": write ", &count.to_string(), files].concat()));
        }
        rows.push(waiting([&part.label, ": ", &part.activation.why].concat()));
        rows.extend(part.probes.iter().map(|probe| waiting(["Proof on ", &port_words(probe)].concat())));
    }
    rows.push(waiting("Keep the checkpoint for 30 days"));
    view! { <section class="sect"><ol class="steps">{rows}</ol></section> }
}

fn waiting(words: impl Into<String>) -> View {
    view! { <li class="todo"><span class="k">{toned_glyph("none", "off")}</span><span class="break">{words.into()}</span><span class="n"></span></li> }
}
