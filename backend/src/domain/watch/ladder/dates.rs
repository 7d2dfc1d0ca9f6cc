//! Whether the certificate is valid today.

use certdeck_shared::x509::life::{LifeState, date, life_at};

use super::Found;
use crate::domain::watch::evidence::Evidence;

pub(super) fn look(evidence: &Evidence) -> Found {
    let Some(leaf) = evidence.leaf() else {
        return Found::unknown("The certificate cannot be parsed: its dates are not known.");
    };
    let (name, life) = (leaf.display_name(), life_at(leaf.not_before, leaf.not_after, evidence.now));
    match life.state {
        LifeState::Expired => Found::fail(format!("{name} {}, on {}.", life.words, date(leaf.not_after)))
            .because("It was not renewed, or the renewed one was not deployed.")
            .cure("Renew it and deploy the new one."),
        LifeState::NotYet => Found::fail(format!("{name} is valid from {} only.", date(leaf.not_before)))
            .because("It was deployed before its time, or the clock of this host is wrong.")
            .cure("Serve the one before it until then; or correct the clock."),
        _ => Found::pass(format!("{name} {}, on {}.", life.words, date(leaf.not_after))),
    }
}
