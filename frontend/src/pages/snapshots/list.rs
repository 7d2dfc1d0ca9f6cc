//! `/databases/:db/snapshots`: the list, the difference in words, and restoring in one step.

use crate::view::*;
use certdeck_shared::api::snapshot::Snapshot;

use super::difference;
use crate::components::data::facts::{fact, fact_code, facts};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::{callout, empty};
use crate::components::form::submission::{Load, Submission, back_to_list, load, loaded};
use crate::components::icon::{glyph, hint, icon};
use crate::ids;
use crate::state::keyboard::Command;
use crate::state::{App, clock, use_app};
use crate::transport::{client, page_client};

#[derive(Clone, Copy)]
struct Snapshots {
    app: App,
    db: StoredValue<String>,
    slot: RwSignal<Load<Vec<Snapshot>>>,
    chosen: RwSignal<Option<String>>,
    /// Whether the detail is over the list, below 860 px.
    pushed: RwSignal<bool>,
    /// Whether restoring was asked for and waits for its confirmation.
    asked: RwSignal<bool>,
    /// The snapshot of the state that the last restoration replaced.
    way_back: RwSignal<Option<String>>,
    submission: Submission,
}

impl Snapshots {
    fn read(self) {
        let db = self.db.get_value();
        let reader = page_client();
        load(self.app, self.slot, async move { reader.snapshots(&db).await });
    }

    fn restore(self, id: String) {
        let db = self.db.get_value();
        self.submission.run(async move { client().restore(&db, &id).await }, move |restored| {
            self.asked.set(false);
            self.way_back.set(Some(restored.snapshot));
            self.app.announce("Restored");
            self.app.refresh_databases();
            self.read();
        });
    }

    fn selected(self) -> Option<Snapshot> {
        self.slot.with(|slot| {
            let Load::Ready(list) = slot else { return None };
            let chosen = self.chosen.with(|chosen| list.iter().find(|snapshot| Some(&snapshot.id) == chosen.as_ref()).cloned());
            chosen.or_else(|| list.first().cloned())
        })
    }

    fn step(self, by: isize) {
        let Load::Ready(list) = self.slot.get_untracked() else { return };
        let here = self.chosen.with_untracked(|chosen| list.iter().position(|snapshot| Some(&snapshot.id) == chosen.as_ref())).unwrap_or(0);
        if let Some(next) = list.get(here.saturating_add_signed(by)) {
            self.choose(next.id.clone());
        }
    }

    fn choose(self, id: String) {
        self.asked.set(false);
        self.submission.faults.clear();
        self.chosen.set(Some(id));
    }
}

/// `/databases/:db/snapshots`.
pub fn snapshots_page(db: String) -> View {
    let app = use_app();
    let page = Snapshots {
        app,
        db: StoredValue::new(db),
        slot: RwSignal::new(Load::Waiting),
        chosen: RwSignal::new(None),
        pushed: RwSignal::new(false),
        asked: RwSignal::new(false),
        way_back: RwSignal::new(None),
        submission: Submission::new(),
    };
    effect(move || {
        app.databases.with(|_| ());
        page.read();
    });
    app.keyboard.register(vec![
        Command::new("j", "Next snapshot", "Snapshots", move || page.step(1)),
        Command::new("k", "Previous snapshot", "Snapshots", move || page.step(-1)),
        Command::new("r", "Restore the selected snapshot", "Snapshots", move || page.asked.set(true)),
    ]);
    view! {
        <div class="panes list-detail" class:is-pushed=page.pushed>
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><h2>"Snapshots"</h2><span class="note wide-only">"One before each write. The newest 20 are kept, for 90 days at most."</span></div>
                {move || page.way_back.get().map(|id| undo(page, id))}
                <div class="scroll">{loaded(page.slot, 6, Callback::new(move |()| page.read()), move |list| table(page, list))}</div>
                <div class="pane-foot">{hint("j k", "move")}{hint("r", "restore")}</div>
            </main>
            {move || page.selected().map(|snapshot| detail(page, snapshot))}
        </div>
    }
}

/// Right after a restoration: what was done, and the way back.
fn undo(page: Snapshots, id: String) -> View {
    view! {
        <section class="sect" role="status">
            {callout("ok", view! {
                <div class="row wrap">
                    <span>"Restored. The state before it is a snapshot too."</span>
                    <button class="btn" type="button" disabled=page.submission.busy on:click=move |_| page.restore(id.clone())>{icon("undo")}"Undo"</button>
                    <button class="btn plain" type="button" on:click=move |_| page.way_back.set(None)>"Dismiss"</button>
                </div>
            })}
        </section>
    }
}

fn table(page: Snapshots, list: Vec<Snapshot>) -> View {
    if list.is_empty() {
        return empty("No snapshot yet", "The console takes one before each write: import, trust, names, deletion, keys.", View::nothing());
    }
    let rows: Vec<_> = list.into_iter().map(|snapshot| row(page, snapshot)).collect();
    view! {
        <table class="grid rows snaps">
            <thead><tr><th scope="col">"Taken"</th><th scope="col">"Before"</th><th scope="col">"By"</th><th scope="col">"Since then"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(page: Snapshots, snapshot: Snapshot) -> View {
    let id = snapshot.id.clone();
    let here = {
        let id = id.clone();
        move || page.selected().is_some_and(|selected| selected.id == id).to_string()
    };
    let now = page.app.now;
    let clicked = id.clone();
    view! {
        <tr aria-selected=here on:click=move |_| { page.choose(clicked.clone()); page.pushed.set(true); }>
            <td class="r-state" title=clock::exact(snapshot.taken_at)>{move || clock::relative(snapshot.taken_at, now.get().max(snapshot.taken_at.unix_timestamp()))}</td>
            <td class="r-name"><button class="link" type="button" on:click=move |_| page.choose(id.clone())>{snapshot.reason}</button></td>
            <td class="r-end">{snapshot.actor}</td>
            <td class="r-sub">{difference::summary(snapshot.difference.as_ref())}</td>
        </tr>
    }
}

fn detail(page: Snapshots, snapshot: Snapshot) -> View {
    let words = snapshot.difference.as_ref().map(difference::words);
    let loses = snapshot.difference.as_ref().is_some_and(difference::loses_keys);
    let id = snapshot.id.clone();
    let stands_for = snapshot.id.clone();
    let same = words.as_ref().is_some_and(Vec::is_empty);
    let sentence = match &words {
        None => callout("warn", "Not compared: the snapshot or the database could not be read."),
        Some(words) if words.is_empty() => {
            view! { <p class="verdict ok">{glyph("ok")}<span><b>"Same as now."</b>" Restoring would change nothing."</span></p> }
        }
        Some(words) => {
            let items: Vec<_> = words.iter().map(|words| view! { <li>{glyph("dot")}<span>{words.clone()}</span></li> }).collect();
            view! { <h3>"Restoring it"</h3><ul class="checks">{items}</ul> }
        }
    };
    let action = move || {
        if !page.asked.get() {
            return view! { <button class="btn primary" type="button" disabled=same on:click=move |_| page.asked.set(true)>{icon("undo")}"Restore"<kbd aria-hidden="true">"r"</kbd></button> };
        }
        let id = id.clone();
        view! {
            <div class="ask">
                {loses.then(|| callout("bad", "Private keys made since then would be lost, unless you undo this."))}
                <p>"The database goes back to this state. The present one becomes a snapshot first, so this can be undone."</p>
                {page.submission.faults.callout()}
                <div class="row">
                    <button class="btn primary" type="button" disabled=page.submission.busy on:click=move |_| page.restore(id.clone())>"Restore now"</button>
                    <button class="btn plain" type="button" on:click=move |_| page.asked.set(false)>"Leave it"</button>
                </div>
            </div>
        }
    };
    view! {
        <aside class="pane" aria-label="Snapshot">
            <div class="pane-head">{back_to_list(page.pushed)}<h2 class="cut">{"Before "}{snapshot.reason.clone()}</h2></div>
            <div class="pane-body">
                <section class="sect stack">{sentence}{action}</section>
                <section class="sect">{facts(vec![("", vec![
                    fact("Taken", clock::exact(snapshot.taken_at)),
                    fact("By", snapshot.actor.clone()),
                    fact("Size", format!("{} kB", snapshot.bytes.div_ceil(1024))),
                    fact_code("Id", snapshot.id.clone()),
                ])])}</section>
            </div>
            {glass(move || Action::RestoreSnapshot { snapshot: stands_for.clone() })}
        </aside>
    }
}
