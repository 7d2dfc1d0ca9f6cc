//! The three stages with their fields, and what the server says of them.

use certdeck_shared::api::notice::Stage;

use super::super::words::stage_mark;
use super::draft::{LeadDraft, TimingDraft};
use crate::components::form::faults::Faults;
use crate::components::icon::toned_glyph;
use crate::view::*;

/// The stages that a policy decides about, by their names in it.
pub const STAGES: [(&str, Stage); 3] =
    [("first_notice", Stage::FirstNotice), ("reminder", Stage::Reminder), ("last_days", Stage::LastDays)];

/// The fields. `pointer` is where the timing is in the policy.
pub fn leads(draft: TimingDraft, faults: Faults, pointer: Signal<String>) -> View {
    let drafts = [draft.first_notice, draft.reminder, draft.last_days];
    let rows: Vec<View> = STAGES.into_iter().zip(drafts).map(|(stage, lead)| row(stage, lead, faults, pointer)).collect();
    let said = move || faults.at(&pointer.get());
    view! {
        <table class="leads">
            <thead><tr><th scope="col">"Stage"</th><th scope="col">"Days before the end"</th><th scope="col">"Percent of the lifetime"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="note bad" aria-live="polite">{said}</p>
    }
}

fn row((name, stage): (&'static str, Stage), lead: LeadDraft, faults: Faults, pointer: Signal<String>) -> View {
    let (glyph, tone, words) = stage_mark(stage);
    let field = move |value: RwSignal<String>, unit: &'static str, part: &'static str| {
        let at = move || [&pointer.get(), "/", name, part].concat();
        let wrong = move || faults.at(&at()).is_some();
        view! {
            <td><input class=move || if wrong() { "in is-bad" } else { "in" } inputmode="numeric" autocomplete="off" aria-label=[words, ", ", unit].concat()
                aria-invalid=move || wrong().then_some("true") prop:value=value on:input=move |event| value.set(event_target_value(&event))/></td>
        }
    };
    view! {
        <tr>
            <th scope="row"><span class="row tight">{toned_glyph(glyph, tone)}{words}</span></th>
            {field(lead.days, "days before the end", "/days")}
            {field(lead.percent, "percent of the lifetime", "/percent")}
        </tr>
    }
}
