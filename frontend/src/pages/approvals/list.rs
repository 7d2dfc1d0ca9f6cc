//! `/approvals`: what waits for a second person, what waits for whoever looks first.

use certdeck_shared::api::approval::{Approval, ApprovalState};
use certdeck_shared::api::event::Event;
use certdeck_shared::glass::Action;

use super::chosen::chosen;
use super::words::{mark, sentence};
use crate::components::data::glass::glass;
use crate::components::feedback::empty;
use crate::components::form::submission::{Load, load, loaded};
use crate::components::icon::{hint, icon, state};
use crate::ids;
use crate::state::keyboard::Command;
use crate::state::{App, clock, use_app};
use crate::transport::client;
use crate::view::*;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The page's state.
    pub app: App,
    /// Whether the detail is over the list, below 860 px.
    pub pushed: RwSignal<bool>,
    slot: RwSignal<Load<Vec<Approval>>>,
    chosen: RwSignal<Option<String>>,
}

impl Desk {
    /// Reads the list again; what is shown stays meanwhile.
    pub fn read(self) {
        load(self.app, self.slot, async move { client().approvals().await });
    }

    fn sorted(self) -> Vec<Approval> {
        let Load::Ready(mut all) = self.slot.get() else { return Vec::new() };
        all.retain(|approval| approval.state != ApprovalState::Noted);
        all.sort_by_key(|approval| (!approval.decidable, !approval.state.is_open()));
        all
    }

    fn step(self, by: isize) {
        let all = untrack(|| self.sorted());
        let here = self.chosen.with_untracked(|id| all.iter().position(|one| Some(&one.id) == id.as_ref()));
        if let Some(one) = all.get(here.unwrap_or(0).saturating_add_signed(by)) {
            self.chosen.set(Some(one.id.clone()));
        }
    }
}

/// `/approvals`.
pub fn approvals_page() -> View {
    let app = use_app();
    let desk = Desk { app, pushed: RwSignal::new(false), slot: RwSignal::new(Load::Waiting), chosen: RwSignal::new(None) };
    desk.read();
    effect(move || {
        if app.event.with(|event| matches!(event, Some(Event::ApprovalsChanged { .. }))) {
            untrack(move || desk.read());
        }
    });
    app.keyboard.register(vec![
        Command::new("j", "Next request", "Approvals", move || desk.step(1)),
        Command::new("k", "Previous request", "Approvals", move || desk.step(-1)),
        Command::new("r", "Read again", "Approvals", move || desk.read()),
    ]);
    let shown = Memo::new(move |_| desk.sorted());
    let selected = Memo::new(move |_| {
        shown.with(|shown| desk.chosen.with(|id| shown.iter().find(|one| Some(&one.id) == id.as_ref())).or(shown.first()).cloned())
    });
    view! {
        <div class="panes list-detail" class:is-pushed=desk.pushed>
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Approvals"</h2>
                    <button class="btn icon push" type="button" aria-label="Read again" on:click=move |_| desk.read()>{icon("renew")}</button>
                </div>
                <div class="scroll">{loaded(desk.slot, 4, Callback::new(move |()| desk.read()), move |_| table(desk, shown.get(), selected))}</div>
                <div class="pane-foot">{hint("j k", "move")}<span class="push">"What waits for you first"</span></div>
                {glass(|| Action::ListApprovals)}
            </main>
            {move || selected.get().map(|approval| chosen(desk, &approval))}
        </div>
    }
}

fn table(desk: Desk, shown: Vec<Approval>, selected: Memo<Option<Approval>>) -> View {
    if shown.is_empty() {
        let words = "What the console's settings want a second person for (second-person) is asked for where it is done, and stands here.";
        return empty("Nothing waits for a second person", words, View::nothing());
    }
    let rows: Vec<View> = shown.into_iter().map(|approval| row(desk, approval, selected)).collect();
    view! {
        <table class="grid rows acts">
            <thead><tr><th scope="col">"Asked"</th><th scope="col">"What"</th><th scope="col">"Who"</th><th scope="col">"State"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(desk: Desk, approval: Approval, selected: Memo<Option<Approval>>) -> View {
    let id = StoredValue::new(approval.id.clone());
    let here = move || selected.with(|selected| selected.as_ref().is_some_and(|one| one.id == id.get_value())).to_string();
    let (glyph, tone, word) = mark(&approval);
    let asked = clock::relative(approval.requested_at.unwrap_or(approval.created_at), desk.app.now.get_untracked());
    let choose = move || {
        desk.chosen.set(Some(id.get_value()));
        desk.pushed.set(true);
    };
    view! {
        <tr aria-selected=here on:click=move |_| choose()>
            <td class="r-state">{asked}</td>
            <td class="r-name"><button class="link" type="button" on:click=move |_| choose()>{sentence(&approval.words)}</button></td>
            <td class="r-end">{approval.requested_by}</td>
            <td class="r-wide">{state(glyph, tone, word)}</td>
        </tr>
    }
}
