//! How a request for approval stands, in glyph, tone and words.

use certdeck_shared::api::approval::{Approval, ApprovalState};

use crate::state::clock;

/// Glyph, tone and word.
pub fn mark(approval: &Approval) -> (&'static str, &'static str, &'static str) {
    match approval.state {
        ApprovalState::Noted => ("none", "off", "Not asked"),
        ApprovalState::Waiting if approval.decidable => ("soon", "warn", "Waits for you"),
        ApprovalState::Waiting => ("soon", "warn", "Waits"),
        ApprovalState::Approved => ("ok", "ok", "Approved"),
        ApprovalState::Refused => ("expired", "bad", "Refused"),
        ApprovalState::Withdrawn => ("none", "off", "Withdrawn"),
        ApprovalState::Expired => ("stale", "off", "Too late"),
        ApprovalState::Used => ("ok", "ok", "Done"),
    }
}

/// The words of the console as a sentence.
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

/// What comes next, for whoever looks at it.
pub fn next(approval: &Approval) -> String {
    let until = approval.ends_at.map(clock::exact).unwrap_or_default();
    let who = approval.decided_by.as_deref().unwrap_or("somebody");
    match approval.state {
        ApprovalState::Noted => "Nobody was asked yet.".to_owned(),
        ApprovalState::Waiting if approval.own => ["It waits until ", &until, ". ", &may(approval)].concat(),
        ApprovalState::Waiting => ["It waits until ", &until, "."].concat(),
        ApprovalState::Approved if approval.own => {
            [who, " approved it. Do it once more where you began, just the same; it goes through once, until ", &until, "."].concat()
        }
        ApprovalState::Approved => [who, " approved it. It goes through once, until ", &until, "."].concat(),
        ApprovalState::Refused => [who, " said no."].concat(),
        ApprovalState::Withdrawn => "Whoever asked thought better of it.".to_owned(),
        ApprovalState::Expired => "Nobody decided in time, it was not done in time, or one of the two may no longer do it.".to_owned(),
        ApprovalState::Used => "It was done.".to_owned(),
    }
}

/// Who could approve it.
pub fn may(approval: &Approval) -> String {
    match approval.approvers.as_slice() {
        [] => "Nobody else here may approve it: it needs a second account that may do it, or whoever owns the host (certdeck approval)."
            .to_owned(),
        several => [&several.join(", "), " may approve it."].concat(),
    }
}
