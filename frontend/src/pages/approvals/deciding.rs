//! Approving, refusing and withdrawing.

use certdeck_shared::api::approval::{Approval, ApprovalDecision, Verdict};
use certdeck_shared::glass::Action;

use super::list::Desk;
use crate::components::data::glass::glass_of_form;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::transport::client;
use crate::view::*;

/// The form of whoever may decide.
pub fn decision(desk: Desk, approval: &Approval) -> View {
    let (reason, submission) = (RwSignal::new(String::new()), Submission::new());
    let id = StoredValue::new(approval.id.clone());
    let wanted = move |verdict: Verdict| ApprovalDecision { verdict, reason: reason.get_untracked() };
    let decide = move |verdict: Verdict| {
        let (id, decision) = (id.get_value(), wanted(verdict));
        submission.run(async move { client().decide_approval(&id, &decision).await }, move |_| {
            desk.app.announce(if verdict == Verdict::Approve { "Approved" } else { "Refused" });
            desk.read();
        });
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        decide(Verdict::Approve);
    };
    let silent = move || reason.with(|reason| reason.trim().is_empty()) || submission.busy.get();
    view! {
        <form class="stack" on:submit=submit>
            {Field::area(ids::APPROVAL_WORDS, "What you say to it", reason, 2).hint("A refusal needs it.").faults(submission.faults, "/reason").view()}
            {submission.faults.callout()}
            <div class="row">
                {submission.button("check", "Approve", Signal::stored(true))}
                <button class="btn danger" type="button" disabled=silent on:click=move |_| decide(Verdict::Refuse)>{icon("close")}"Refuse"</button>
            </div>
            {glass_of_form(move || {
                reason.track();
                Action::DecideApproval { approval: id.get_value(), body: wanted(Verdict::Approve) }
            })}
        </form>
    }
}

/// The button of whoever asked.
pub fn withdrawal(desk: Desk, approval: &Approval) -> View {
    let submission = Submission::new();
    let id = StoredValue::new(approval.id.clone());
    let withdraw = move |_| {
        let id = id.get_value();
        submission.run(async move { client().withdraw_approval(&id).await }, move |()| {
            desk.app.announce("Withdrawn");
            desk.read();
        });
    };
    view! {
        {submission.faults.callout()}
        <div class="row"><button class="btn danger" type="button" disabled=submission.busy on:click=withdraw>{icon("undo")}"Withdraw"</button></div>
    }
}
