//! What the evidence says: how an endpoint stands, how far a client gets there, and what there is to be said of it.

use certdeck_shared::api::endpoint::{EndpointState, Finding, FourPrints, Grade, Rung, RungKind, RungState};
use certdeck_shared::api::notice::Stage;
use certdeck_shared::api::probe::ProbeOutcome as Outcome;

use super::evidence::Evidence;
use super::{findings, ladder, prints};

/// How an endpoint stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) state: EndpointState,
    /// The first rung that is broken, or what is served, as a sentence.
    pub(super) words: String,
    /// How near the end of its certificate is.
    pub(super) due: Option<Stage>,
    pub(super) rungs: Vec<Rung>,
    pub(super) prints: FourPrints,
    pub(super) findings: Vec<Finding>,
}

impl Judgement {
    /// Whether it should be looked at again with everything read anew: what is remembered may be older than the probe.
    pub(super) fn is_bad_news(&self) -> bool {
        let beside_the_probe = |rung: &&Rung| matches!(rung.kind, RungKind::Listening | RungKind::Expected);
        self.state <= EndpointState::Stale || self.rungs.iter().filter(beside_the_probe).any(|rung| rung.state == RungState::Warn)
    }
}

/// Judges. The same evidence gives the same judgement.
pub(super) fn judge(evidence: &Evidence) -> Judgement {
    let prints = prints::of(evidence);
    let rungs = ladder::rungs(evidence, &prints);
    let findings = findings::of(evidence);
    let (state, words) = state(evidence, &rungs, &findings);
    Judgement { state, words, due: findings::due(evidence).map(|(stage, _)| stage), rungs, prints, findings }
}

fn state(evidence: &Evidence, rungs: &[Rung], findings: &[Finding]) -> (EndpointState, String) {
    let words = || evidence.report.words.clone();
    if evidence.report.outcome == Outcome::NotAllowed {
        return (EndpointState::Unknown, words());
    }
    if let Some(broken) = rungs.iter().find(|rung| rung.state == RungState::Fail) {
        let state = match broken.kind {
            _ if is_down(evidence.report.outcome) => EndpointState::Down,
            RungKind::Expected => EndpointState::Stale,
            _ => EndpointState::Broken,
        };
        let words = match &broken.cause {
            // What the words of a stale one say is the whole story.
            Some(cause) if broken.kind != RungKind::Expected => format!("{} {cause}", broken.words),
            _ => broken.words.clone(),
        };
        return (state, words);
    }
    if evidence.leaf().is_none() {
        return (EndpointState::Unknown, format!("{} Its certificate cannot be parsed, and so not be judged.", words()));
    }
    if let Some((_, words)) = findings::due(evidence) {
        return (EndpointState::Due, words);
    }
    match findings.iter().find(|finding| finding.grade <= Grade::Weak) {
        Some(finding) => (EndpointState::Weak, finding.words.clone()),
        None => (EndpointState::Good, words()),
    }
}

/// Whether nobody answered at all.
fn is_down(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Unresolved | Outcome::Refused | Outcome::Unreachable | Outcome::TimedOut | Outcome::Silent)
}

#[cfg(test)]
mod tests;
