//! The expiry policy: what counts for which certificates, how often people are reminded, and when a certificate would be told of by it.

mod draft;
mod foretold;
mod leads;
mod preview;
mod rules;

use certdeck_shared::api::notice::ExpiryPolicy;
use certdeck_shared::glass::Action;

use super::notifying::{Notifying, once_read, read};
use super::page;
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load};
use crate::components::icon::{hint, icon};
use crate::ids;
use crate::state::keyboard::Command;
use crate::transport::client;
use crate::view::*;
use draft::PolicyDraft;

/// The policy on the server, and the one that is worked on.
#[derive(Clone, Copy)]
struct Policy {
    notifying: Notifying,
    slot: RwSignal<Load<ExpiryPolicy>>,
    /// What the form was filled with.
    base: RwSignal<Option<ExpiryPolicy>>,
    draft: RwSignal<Option<PolicyDraft>>,
    saving: Submission,
}

impl Policy {
    fn read(self) {
        load(self.notifying.app, self.slot, async move { client().expiry_policy().await });
    }

    /// Fills the form.
    fn take(self, policy: ExpiryPolicy) {
        self.saving.faults.clear();
        self.draft.set(Some(PolicyDraft::of(&policy)));
        self.base.set(Some(policy));
    }

    /// What the form says.
    fn wish(self) -> Option<ExpiryPolicy> {
        self.draft.get().map(PolicyDraft::policy)
    }

    fn is_changed(self) -> bool {
        self.wish() != self.base.get()
    }

    fn save(self) {
        let Some(wish) = untrack(|| self.wish()).filter(|_| self.notifying.admin.get_untracked()) else { return };
        self.saving.run(async move { client().set_expiry_policy(&wish).await }, move |policy| {
            self.notifying.app.announce("Saved; it counts at once");
            self.take(policy.clone());
            self.slot.set(Load::Ready(policy));
        });
    }
}

/// The part.
pub fn policy(notifying: Notifying) -> View {
    let slot = RwSignal::new(Load::Waiting);
    let policy = Policy { notifying, slot, base: RwSignal::new(None), draft: RwSignal::new(None), saving: Submission::new() };
    let stored = read(slot);
    effect(move || {
        notifying.changes.get();
        policy.read();
    });
    // What nobody worked on follows the server; what somebody did stays until it is decided.
    effect(move || {
        if let Some(Ok(now)) = stored.get()
            && untrack(|| policy.base.get() != Some(now.clone()) && !policy.is_changed())
        {
            policy.take(now);
        }
    });
    notifying.app.keyboard.register(vec![
        Command::new("Ctrl+Enter", "Save the policy", "Expiry policy", move || policy.save()),
        Command::new("r", "Read again", "Expiry policy", move || policy.read()),
    ]);
    let other = Memo::new(move |_| {
        stored
            .with(|stored| matches!(stored, Some(Ok(stored)) if policy.base.with(|base| base.as_ref().is_some_and(|base| base != stored))))
    });
    let drawn = move || {
        view! {
            {when(move || other.get(), move || overtaken(policy))}
            {move || policy.draft.get().map(|draft| untrack(|| form(policy, draft)))}
        }
    };
    let content = once_read(stored, Callback::new(move |()| policy.read()), drawn);
    let foot = view! {
        <span>{move || if policy.is_changed() { "Not saved" } else { "As it counts now" }}</span>{hint("Ctrl Enter", "save")}
        <span class="push">"The first rule that is for a certificate counts"</span>
    };
    let stands_for = move || policy.wish().map_or(Action::ShowExpiryPolicy, |body| Action::SetExpiryPolicy { body });
    let main = page::pane(notifying, View::nothing(), content, foot, stands_for);
    let admin = notifying.admin;
    let shape = move || if admin.get() { "panes halves notices" } else { "panes list-only notices" };
    view! { <div class=shape>{main}{when(move || admin.get(), move || foretold::foretold(policy))}</div> }
}

/// Somebody else saved another one while this one is worked on.
fn overtaken(policy: Policy) -> View {
    let take = move |_| {
        if let Load::Ready(now) = policy.slot.get_untracked() {
            policy.take(now);
        }
    };
    let words = view! {
        <p>"Somebody saved another policy meanwhile. Saving this one replaces it."</p>
        <button class="btn gap-top" type="button" on:click=take>"Take the other one"</button>
    };
    view! { <div class="note-row">{callout("warn", words)}</div> }
}

fn form(policy: Policy, draft: PolicyDraft) -> View {
    let faults = policy.saving.faults;
    let locked = Memo::new(move |_| !policy.notifying.admin.get());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        policy.save();
    };
    let ready = Signal::derive(move || policy.is_changed());
    let undo = move |_| {
        if let Some(base) = policy.base.get_untracked() {
            policy.take(base);
        }
    };
    let save = move || {
        view! {
            <div class="row">
                {policy.saving.button("check", "Save the policy", ready)}
                <button class="btn plain" type="button" disabled=move || !ready.get() on:click=undo>{icon("undo")}"As it was"</button>
            </div>
        }
    };
    let days = preview::days();
    view! {
        <form class="pane-body" on:submit=submit>
            <section class="sect narrow-form">
                {when(move || locked.get(), || view! { <p class="note">"An administrator can change this."</p> })}
                {preview::asked(days)}
            </section>
            <fieldset class="bare" disabled=locked>
                <section class="sect stack narrow-form">
                    <h3>"All certificates"</h3>
                    <p class="note">"Days before the end, a share of the lifetime that is left, or both: then the shorter of the two counts, so that one line does for ten years and for 47 days."</p>
                    {leads::leads(draft.otherwise, faults, Signal::stored("/otherwise".to_owned()))}
                    {preview::preview(days, draft.otherwise)}
                </section>
                {rules::rules(policy.notifying.app, draft, faults, days)}
                <section class="sect stack narrow-form">
                    <h3>"Reminders"</h3>
                    {Field::text(ids::POLICY_REMIND, "Hours after which what is still so is told again", draft.remind).class("field short-field").hint("1 to 8760; 0 for never. For every kind of notice.").faults(faults, "/remind_after_hours").view()}
                    {faults.callout()}
                    {when(move || !locked.get(), save)}
                </section>
            </fieldset>
        </form>
    }
}
