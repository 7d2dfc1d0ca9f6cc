//! Trying first: what the verdicts on the certificates that come in, and on those that are there, would be after this import with this trust.
//! The server tries it in a copy that it forgets.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::validation::{CertificateVerdicts, SimulatedImport, Simulation, SimulationResult};
use certdeck_shared::validation::Usage;

use super::plan::Plan;
use crate::components::form::submission::Submission;
use crate::components::icon::{icon, state};
use crate::components::trust::changes::changes;
use crate::transport::client;
use crate::view::*;

/// Most certificates of an import whose verdicts are shown one by one.
const SHOWN: usize = 20;

/// A trial and what it came to.
#[derive(Clone, Copy)]
pub struct Trial {
    plan: Plan,
    asking: Submission,
    /// The names of what comes in, and what the server says.
    result: RwSignal<Option<(Vec<String>, SimulationResult)>>,
}

impl Trial {
    /// Nothing tried yet. What was tried is forgotten as soon as the plan is another.
    pub fn new(plan: Plan) -> Self {
        let trial = Self { plan, asking: Submission::new(), result: RwSignal::new(None) };
        effect(move || {
            if !plan.fresh.get() {
                trial.result.set(None);
                trial.asking.faults.clear();
            }
        });
        trial
    }

    fn run(self) {
        let (mut added, mut names) = (Vec::new(), Vec::new());
        let outcomes = self.plan.outcomes.get_untracked();
        self.plan.items.with_untracked(|items| {
            let written = |outcome: &Option<_>| {
                outcome.as_ref().is_some_and(|outcome: &certdeck_shared::api::import::ImportOutcome| outcome.disposition.is_written())
            };
            for (item, _) in items.iter().zip(&outcomes).filter(|(_, outcome)| written(outcome)) {
                added.push(SimulatedImport { der: Base64(item.der.clone()), trust: item.trust.get_untracked().trim().to_owned() });
                names.push(item.name.clone());
            }
        });
        let db = self.plan.db.get_value();
        let call = async move { client().simulate(&db, &Simulation { added, ..Simulation::default() }).await };
        self.asking.run(call, move |result| self.result.set(Some((names, result))));
    }

    /// The button, for the foot of the page.
    pub fn button(self, ready: Signal<bool>) -> View {
        let busy = self.asking.busy;
        view! {
            <button class="btn" type="button" disabled=move || busy.get() || !ready.get() aria-busy=move || busy.get().then_some("true") on:click=move |_| self.run()>{icon("search")}"Try first"</button>
        }
    }

    /// What it came to.
    pub fn view(self) -> View {
        let shown = move || {
            self.result.get().map(|(names, result)| {
                let lines: Vec<View> = names.iter().zip(&result.added).take(SHOWN).map(|(name, verdicts)| line(name, verdicts)).collect();
                let more = names.len().saturating_sub(SHOWN);
                view! {
                    <section class="sect stack" role="status">
                        <div class="sect-head"><h3>"After this import"</h3><span class="note">"as NSS would say; nothing is written yet"</span></div>
                        {changes(&result)}
                        <ul class="decisions">{lines}</ul>
                        {(more > 0).then(|| view! { <p class="note">{format!("{more} more come in.")}</p> })}
                    </section>
                }
            })
        };
        view! { {self.asking.faults.callout()}{shown} }
    }
}

/// What one that comes in would be good for.
fn line(name: &str, verdicts: &CertificateVerdicts) -> View {
    // Of "any CA" and "CA" NSS looks at the dates only, so that they say nothing of the certificate.
    let good: Vec<&str> =
        verdicts.valid.chars().filter_map(Usage::from_letter).filter(|usage| usage.is_verified()).map(Usage::words).collect();
    let why = verdicts.refused.iter().find(|refusal| refusal.usage == Usage::SslServer).or_else(|| verdicts.refused.first());
    let (mark, words) = match (good.is_empty(), why) {
        (false, _) => (state("ok", "ok", "Valid"), ["for ", &good.join(", ")].concat()),
        (true, Some(refusal)) => {
            (state("expired", "bad", "Not valid"), ["for ", refusal.usage.words(), ": ", refusal.error.text()].concat())
        }
        (true, None) => (state("expired", "bad", "Not valid"), String::new()),
    };
    view! { <li>{mark}<span><b>{name.to_owned()}</b><span class="note">{words}</span></span></li> }
}
