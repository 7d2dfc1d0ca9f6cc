//! How far a client gets, rung by rung, from the ground up; and why not further.

mod chain;
mod dates;
mod expected;
mod files;
mod listening;
mod names;
mod reached;

use certdeck_shared::api::endpoint::{FourPrints, Rung, RungKind, RungState};

use super::evidence::Evidence;

/// What is found at a rung.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    state: RungState,
    words: String,
    cause: Option<String>,
    cure: Option<String>,
}

/// Why something is broken, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Why {
    cause: String,
    cure: String,
}

impl Found {
    fn new(state: RungState, words: impl Into<String>) -> Self {
        Self { state, words: words.into(), cause: None, cure: None }
    }

    fn pass(words: impl Into<String>) -> Self {
        Self::new(RungState::Pass, words)
    }

    fn warn(words: impl Into<String>) -> Self {
        Self::new(RungState::Warn, words)
    }

    fn fail(words: impl Into<String>) -> Self {
        Self::new(RungState::Fail, words)
    }

    fn unknown(words: impl Into<String>) -> Self {
        Self::new(RungState::Unknown, words)
    }

    fn skipped(words: impl Into<String>) -> Self {
        Self::new(RungState::Skipped, words)
    }

    fn because(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    fn cure(self, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..self }
    }

    fn why(self, why: Option<Why>) -> Self {
        match why {
            Some(Why { cause, cure }) => self.because(cause).cure(cure),
            None => self,
        }
    }
}

/// What is wrong with the files of the endpoint, as a sentence.
pub(super) fn flaw(evidence: &Evidence) -> Option<String> {
    files::flaw(evidence).map(|why| why.cause)
}

/// The rungs from the ground up. What stands on a broken one is skipped.
pub(super) fn rungs(evidence: &Evidence, prints: &FourPrints) -> Vec<Rung> {
    const ALL: [RungKind; 8] = [
        RungKind::Listening,
        RungKind::Connects,
        RungKind::Starttls,
        RungKind::Handshake,
        RungKind::Chain,
        RungKind::Dates,
        RungKind::Names,
        RungKind::Expected,
    ];
    let mut rungs: Vec<Rung> = Vec::new();
    for kind in ALL {
        let broken_below = rungs.iter().any(|rung| rung.state == RungState::Fail);
        let found = match kind {
            _ if broken_below => Found::skipped("A rung below is broken."),
            RungKind::Listening => listening::look(evidence),
            RungKind::Connects => reached::connects(evidence),
            RungKind::Starttls => reached::starttls(evidence),
            RungKind::Handshake => reached::handshake(evidence),
            // Nobody was asked, or nothing could be seen.
            _ if evidence.served.is_empty() => Found::unknown("No certificate was seen."),
            RungKind::Chain => chain::look(evidence),
            RungKind::Dates => dates::look(evidence),
            RungKind::Names => names::look(evidence),
            RungKind::Expected => expected::look(evidence, prints),
        };
        let Found { state, words, cause, cure } = found;
        rungs.push(Rung { kind, state, words, cause, cure });
    }
    rungs
}
