//! What of the whole log is read: words, people, operations, outcome and days, by the server.

use crate::view::*;
use certdeck_shared::api::client::AuditQuery;

use crate::components::form::field::Field;
use crate::ids;

const OUTCOMES: [(&str, &str); 3] = [("", "Any"), ("success", "Done"), ("refused", "Refused or failed")];

/// The fields of the search.
#[derive(Clone, Copy)]
pub struct Search {
    /// Whether the form is shown.
    pub open: RwSignal<bool>,
    text: RwSignal<String>,
    actor: RwSignal<String>,
    action: RwSignal<String>,
    outcome: RwSignal<String>,
    from: RwSignal<String>,
    until: RwSignal<String>,
}

impl Search {
    /// Everything is read.
    pub fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self { open: RwSignal::new(false), text: empty(), actor: empty(), action: empty(), outcome: empty(), from: empty(), until: empty() }
    }

    fn fields(self) -> [RwSignal<String>; 6] {
        [self.text, self.actor, self.action, self.outcome, self.from, self.until]
    }

    /// Whether less than everything is read.
    pub fn narrows(self) -> bool {
        self.fields().iter().any(|field| field.with(|value| !value.trim().is_empty()))
    }

    /// Everything is read again.
    pub fn clear(self) {
        for field in self.fields() {
            field.set(String::new());
        }
    }

    /// What is asked of the server.
    pub fn query(self) -> AuditQuery {
        let given = |field: RwSignal<String>| {
            let value = field.get_untracked();
            Some(value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        AuditQuery {
            text: given(self.text),
            actor: given(self.actor),
            action: given(self.action),
            outcome: given(self.outcome),
            from: given(self.from).map(|day| day + "T00:00:00Z"),
            // With this day.
            until: given(self.until).map(|day| day + "T23:59:59.999Z"),
            ..AuditQuery::default()
        }
    }

    /// The form; `read` when it is sent.
    pub fn view(self, read: Callback<()>) -> View {
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            read.run(());
        };
        view! {
            <form class="sect stack" aria-label="Search the whole log" on:submit=submit>
                <div class="form">
                    {Field::text(ids::ACTIVITY_WORDS, "Words", self.text).class("field f4").placeholder("a nickname, a path, an address: all must stand in the entry").view()}
                    {Field::select("activity-outcome", "Outcome", self.outcome, &OUTCOMES).class("field f2").view()}
                    {Field::text("activity-actor", "Who", self.actor).class("field f3").placeholder("ada, token:nightly").view()}
                    {Field::text("activity-action", "Operation begins with", self.action).class("field f3").placeholder("certificate.").view()}
                    {Field::day("activity-from", "From", self.from).class("field f3").view()}
                    {Field::day("activity-until", "Until", self.until).class("field f3").view()}
                </div>
                <div class="row"><button class="btn primary" type="submit">"Search"</button></div>
            </form>
        }
    }
}
