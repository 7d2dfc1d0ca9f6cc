//! What the evidence says: how an endpoint stands, and how far a client gets there.

use certdeck_shared::api::endpoint::{EndpointState, Finding, FourPrints, Rung, RungKind, RungState};
use certdeck_shared::api::probe::ProbeOutcome;
use certdeck_shared::api::service::TlsMode;

use super::evidence::Evidence;
use super::prints;

/// How an endpoint stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) state: EndpointState,
    /// The first rung that is broken, or what is served, as a sentence.
    pub(super) words: String,
    pub(super) rungs: Vec<Rung>,
    pub(super) prints: FourPrints,
    pub(super) findings: Vec<Finding>,
}

/// Judges. The same evidence gives the same judgement.
pub(super) fn judge(evidence: &Evidence) -> Judgement {
    let prints = prints::of(evidence);
    let rungs = rungs(evidence, &prints);
    let broken = rungs.iter().find(|rung| rung.state == RungState::Fail);
    let state = match broken.map(|rung| rung.kind) {
        _ if evidence.report.outcome == ProbeOutcome::NotAllowed => EndpointState::Unknown,
        Some(RungKind::Connects) => EndpointState::Down,
        Some(RungKind::Expected) => EndpointState::Stale,
        Some(_) => EndpointState::Broken,
        None => EndpointState::Good,
    };
    let words = broken.map_or_else(|| evidence.report.words.clone(), |rung| rung.words.clone());
    Judgement { state, words, rungs, prints, findings: Vec::new() }
}

/// The rungs from the ground up. What stands on a broken one is skipped.
fn rungs(evidence: &Evidence, prints: &FourPrints) -> Vec<Rung> {
    let mut found: Vec<Rung> = Vec::new();
    let all = [RungKind::Connects, RungKind::Starttls, RungKind::Handshake, RungKind::Dates, RungKind::Expected];
    for kind in all {
        let broken_below = found.iter().any(|rung| rung.state == RungState::Fail);
        let (state, words) = match kind {
            _ if broken_below => (RungState::Skipped, String::new()),
            RungKind::Dates => dates(evidence),
            RungKind::Expected => expected(prints),
            RungKind::Starttls if evidence.record.tls == TlsMode::Implicit => (RungState::Skipped, String::new()),
            _ if stops_at(evidence) == Some(kind) => (RungState::Fail, evidence.report.words.clone()),
            RungKind::Connects => (RungState::Pass, "A connection is taken.".to_owned()),
            RungKind::Starttls => (RungState::Pass, "STARTTLS begins.".to_owned()),
            _ => (RungState::Pass, "The handshake is completed.".to_owned()),
        };
        found.push(Rung { kind, state, words, cause: None, cure: None });
    }
    found
}

/// The rung at which a probe ended.
fn stops_at(evidence: &Evidence) -> Option<RungKind> {
    use ProbeOutcome as Outcome;
    match evidence.report.outcome {
        Outcome::Served | Outcome::ClientCertificateRequired => None,
        Outcome::Unresolved | Outcome::Refused | Outcome::Unreachable | Outcome::TimedOut | Outcome::NotAllowed => Some(RungKind::Connects),
        Outcome::Silent | Outcome::Closed | Outcome::TurnedAway | Outcome::NotOffered | Outcome::OfferedButBroken
            if evidence.record.tls == TlsMode::Starttls =>
        {
            Some(RungKind::Starttls)
        }
        _ => Some(RungKind::Handshake),
    }
}

fn dates(evidence: &Evidence) -> (RungState, String) {
    let Some((leaf, (begin, end))) = evidence.report.leaf().and_then(|leaf| Some((leaf, leaf.not_before.zip(leaf.not_after)?))) else {
        return (RungState::Unknown, "The dates of the certificate cannot be read.".to_owned());
    };
    match () {
        () if evidence.now < begin => (RungState::Fail, format!("The certificate of {} is not valid yet.", leaf.subject)),
        () if evidence.now > end => (RungState::Fail, format!("The certificate of {} has expired.", leaf.subject)),
        () => (RungState::Pass, "The certificate is valid now.".to_owned()),
    }
}

fn expected(prints: &FourPrints) -> (RungState, String) {
    let (database, file, wire) = (&prints.database.fingerprint_sha256, &prints.file.fingerprint_sha256, &prints.wire.fingerprint_sha256);
    match (database, file) {
        (_, Some(file)) if Some(file) != wire.as_ref() => {
            (RungState::Fail, "The port serves another certificate than its file holds.".to_owned())
        }
        (Some(database), _) if Some(database) != wire.as_ref() => {
            (RungState::Fail, "The port serves another certificate than the one that is bound to it.".to_owned())
        }
        (None, None) => (RungState::Unknown, "Nobody said which certificate it should serve.".to_owned()),
        _ => (RungState::Pass, "It serves the certificate that should be there.".to_owned()),
    }
}
