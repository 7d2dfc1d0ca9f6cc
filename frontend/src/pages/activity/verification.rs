//! Whether the log is as it was written, and what to keep so that it can be proved later.

use crate::view::*;
use certdeck_shared::api::activity::AuditVerification;

use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::transport::client;

/// The part of the page that verifies.
#[derive(Clone, Copy)]
pub struct Verification {
    /// Whether it is shown.
    pub open: RwSignal<bool>,
    kept: RwSignal<String>,
    found: RwSignal<Option<AuditVerification>>,
    submission: Submission,
}

impl Verification {
    /// Nothing looked at yet.
    pub fn new() -> Self {
        Self { open: RwSignal::new(false), kept: RwSignal::new(String::new()), found: RwSignal::new(None), submission: Submission::new() }
    }

    /// Follows the log to its end.
    pub fn run(self) {
        let kept = self.kept.get_untracked();
        let call = async move { client().verify_audit(Some(kept.trim()).filter(|kept| !kept.is_empty())).await };
        self.submission.run(call, move |found| self.found.set(Some(found)));
    }

    /// The part.
    pub fn view(self) -> View {
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            self.run();
        };
        view! {
            <section class="sect stack" aria-label="Verification">
                <div aria-live="polite">{move || self.found.get().map(|found| said(&found))}</div>
                <form class="stack" on:submit=submit>
                    {Field::text("activity-head", "A digest that you kept", self.kept)
                        .hint("An entry must have it. Without one, a log that was digested anew as a whole looks intact.")
                        .faults(self.submission.faults, "?head").view()}
                    {self.submission.faults.callout()}
                    <div class="row"><button class="btn" type="submit" disabled=self.submission.busy>{icon("renew")}"Verify again"</button></div>
                </form>
                {glass(|| Action::VerifyAudit)}
            </section>
        }
    }
}

fn said(found: &AuditVerification) -> View {
    let range = found.first.map_or_else(|| "no entries".to_owned(), |first| format!("entries {first} to {}", found.head.entry));
    if let Some(fault) = &found.fault {
        return callout(
            "bad",
            view! { <p><strong>"Not as it was written. "</strong>{fault.detail.clone()}</p><p>{format!("Fitting before it: {range}.")}</p> },
        );
    }
    let known = found.known.map(|entry| format!(" Entry {entry} has the digest that you kept."));
    callout(
        "ok",
        view! {
            <p><strong>"Intact: "</strong>{range}"."{known}</p>
            <p>"Keep this digest where nobody who can write the console's files can write: "<code class="wrap">{found.head.hash.clone()}</code></p>
        },
    )
}
