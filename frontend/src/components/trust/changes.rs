//! What a trial came to: which certificates stop and which begin to be valid for what.

use certdeck_shared::api::validation::{SimulationResult, UsageChange};

use super::effects::line;
use crate::view::*;

/// The list; one sentence where no verdict changes.
pub fn changes(trial: &SimulationResult) -> View {
    let lines = |changes: &[UsageChange], begins: bool| -> Vec<View> {
        let said = changes.iter().map(|change| {
            let name = |one: &certdeck_shared::api::validation::NamedCertificate| {
                one.nickname.clone().unwrap_or_else(|| one.fingerprint_sha256.chars().take(16).collect())
            };
            line(change.usage, begins, &change.certificates.iter().map(name).collect::<Vec<_>>())
        });
        said.collect()
    };
    let mut all = lines(&trial.stops, false);
    all.extend(lines(&trial.begins, true));
    if all.is_empty() {
        return view! { <p class="note">"The verdicts on the certificates that are in the database stay as they are."</p> };
    }
    view! { <ul class="staged-list effects" aria-label="What that does">{all}</ul> }
}
