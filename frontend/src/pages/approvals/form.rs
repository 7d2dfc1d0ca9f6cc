//! What stands in the dialog when a call needs a second person: the reason, then how it stands, then the way on.

use certdeck_shared::api::approval::{Approval, ApprovalRequest, ApprovalState};
use certdeck_shared::api::event::Event;

use super::words::{mark, may, next, sentence};
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{icon, state};
use crate::ids;
use crate::state::{App, browser, confirmation};
use crate::transport::client;
use crate::view::*;

/// The content of the dialog.
pub fn approval_form(app: App, id: String) -> View {
    let slot = RwSignal::new(Load::Waiting);
    let wanted = StoredValue::new(id);
    let read = move || {
        let id = wanted.get_value();
        load(app, slot, async move { client().approval(&id).await });
    };
    read();
    effect(move || {
        if app.event.with(|event| matches!(event, Some(Event::ApprovalsChanged { .. }))) {
            untrack(read);
        }
    });
    let (reason, submission) = (RwSignal::new(String::new()), Submission::new());
    let standing = Memo::new(move |_| match slot.get() {
        Load::Ready(approval) => Some(approval.state),
        _ => None,
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if standing.get_untracked() == Some(ApprovalState::Approved) {
            return confirmation::answer(true);
        }
        let (id, request) = (wanted.get_value(), ApprovalRequest { reason: reason.get_untracked() });
        submission.run(async move { client().request_approval(&id, &request).await }, move |approval| {
            app.announce("Asked. It waits under Approvals.");
            slot.set(Load::Ready(approval));
        });
    };
    let ready = Signal::derive(move || reason.with(|reason| !reason.trim().is_empty()));
    view! {
        <form class="stack" on:submit=submit>
            <h2>"A second person has to approve this"</h2>
            {loaded(slot, 2, Callback::new(move |()| read()), |approval| what(&approval))}
            {when(move || standing.get() == Some(ApprovalState::Noted), move || {
                browser::focus_soon(ids::APPROVAL_REASON);
                view! {
                    {Field::area(ids::APPROVAL_REASON, "Why it is to be done", reason, 2).hint("For whoever decides, and for the log.").faults(submission.faults, "/reason").required().view()}
                    {submission.faults.callout()}
                }
            })}
            <div class="row" aria-live="polite">
                {move || match standing.get() {
                    Some(ApprovalState::Noted) => submission.button("user", "Ask a second person", ready),
                    Some(ApprovalState::Approved) => submission.button("check", "Do it now", Signal::stored(true)),
                    Some(ApprovalState::Waiting) => view! { <a class="btn" href="/approvals" on:click=|_| confirmation::answer(false)>{icon("group")}"All approvals"</a> },
                    _ => View::nothing(),
                }}
                <button class="btn plain" type="button" on:click=|_| confirmation::answer(false)>"Close"</button>
            </div>
        </form>
    }
}

fn what(approval: &Approval) -> View {
    let (glyph, tone, word) = mark(approval);
    let breaks = (!approval.breaks.is_empty())
        .then(|| callout("warn", ["These would stop being valid: ", &approval.breaks.join(", "), "."].concat()));
    let asked = approval.state != ApprovalState::Noted;
    let more = if asked { next(approval) } else { may(approval) };
    let said =
        (!approval.decision_reason.is_empty()).then(|| view! { <p class="prose">{["“", &approval.decision_reason, "”"].concat()}</p> });
    view! {
        <div class="stack">
            <p>{sentence(&approval.words)}</p>
            {breaks}
            {asked.then(|| view! { <p>{state(glyph, tone, word)}</p> })}
            <p class="muted">{more}</p>
            {said}
        </div>
    }
}
