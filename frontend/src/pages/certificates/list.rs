//! The list of certificates: time first, then the rows, then the one that is chosen.

use std::sync::Arc;

use crate::view::*;

use super::{actions, aside, axis, head, selection, table};
use crate::components::data::glass::glass;
use crate::components::feedback::stage::Stage;
use crate::components::feedback::{callout, empty, failure, skeleton};
use crate::components::form::submission::Load;
use crate::components::icon::{hint, icon};
use crate::components::trust::staged_bar::staged_bar;
use crate::ids;
use crate::place::Place;
use crate::state::certificates::Reading;
use crate::state::keyboard::Command;
use crate::state::{App, browser, use_app};

/// The list of certificates.
pub fn list_page(db: String) -> View {
    let app = use_app();
    let list = app.list;
    let db: Arc<str> = db.into();
    let deleting = RwSignal::new(false);
    let trusting = RwSignal::new(false);
    app.keyboard.register(commands(app, Arc::clone(&db), deleting, trusting));
    effect(move || browser::set_root_property("--detail", &format!("{}px", list.aside_width.get())));
    // The first row is chosen as soon as there is one: the pane beside the list has something to say.
    effect(move || {
        let gone = list.cursor.with(|cursor| cursor.as_ref().is_none_or(|cursor| app.certificates.row(cursor).is_none()));
        if gone && !browser::is_narrow() && list.shown.get() > 0 {
            list.cursor.set(None);
            list.step(0);
        }
    });
    let stage = Memo::new(move |_| stage(app));
    let content = {
        let db = Arc::clone(&db);
        move || match stage.get() {
            Stage::Loading => skeleton(18),
            Stage::Failed(words) => {
                failure("The certificates could not be read", words, Some(Callback::new(move |()| app.certificates.refresh(app))))
            }
            Stage::Empty => nothing(&db),
            Stage::NoMatch => empty(
                "No certificate matches",
                "Filter, view and brush leave nothing.",
                view! { <button class="btn" type="button" on:click=move |_| list.show_all()>"Show all"</button> },
            ),
            Stage::Rows => table::table(app, Arc::clone(&db)),
        }
    };
    let shell = Memo::new(move |_| !matches!(stage.get(), Stage::Empty | Stage::Failed(_)));
    let foot = move || {
        let database = app.database();
        let keys = app.certificates.rows.with(|rows| rows.iter().filter(|row| row.has_key()).count());
        let count = app.certificates.rows.with(|rows| rows.len());
        let parsing = app.certificates.reading.get() == Reading::Parsing;
        view! {
            <span>{actions::counted(count, "certificate")}", "{actions::counted(database.and_then(|database| database.keys).unwrap_or(keys), "key")}{parsing.then_some(", more being read")}</span>
        }
    };
    let beside = Arc::clone(&db);
    view! {
        <div class=move || if list.aside.get() && shell.get() { "panes list-detail" } else { "panes list-only" }>
            <main class="pane" id=ids::MAIN aria-label="Certificates">
                {head::head(app, &db)}
                {when(move || shell.get(), move || view! {
                    {head::views(app)}
                    {axis::axis(app)}
                 })}
                {unlock_note(app)}
                {content}
                {when(move || deleting.get(), move || view! {
                    <div class="float confirm-float">{selection::confirm_deletion(app, list.targets(app.certificates), deleting, Callback::new(|()| ()))}</div>
                 })}
                {when(move || trusting.get() && !deleting.get(), move || view! {
                    <div class="float confirm-float">{selection::trust_many(app, list.targets(app.certificates), trusting)}</div>
                 })}
                {when(move || !deleting.get() && !trusting.get(), move || view! { {selection::selection_bar(app, deleting, trusting)} })}
                {staged_bar(app)}
                {glass(move || actions::stands_for(app))}
                <div class="pane-foot">
                    {foot}
                    {hint("j k", "move")}{hint("x", "select")}{hint("Enter", "open")}{hint("t", "trust")}{hint("?", "all keys")}
                </div>
            </main>
            {when(move || list.aside.get() && shell.get(), move || view! {
                <aside class="pane" aria-label="Detail">{head::splitter(app)}{aside::aside(app, Arc::clone(&beside))}</aside>
             })}
        </div>
    }
}

fn stage(app: App) -> Stage {
    let reading = match app.certificates.reading.get() {
        Reading::Idle | Reading::Fetching => Load::Waiting,
        Reading::Parsing | Reading::Done => Load::Ready(()),
        Reading::Failed(words) => Load::Failed(words),
    };
    Stage::of(reading, app.certificates.rows.with(|rows| !rows.is_empty()), app.list.items.with(|items| !items.is_empty()))
}

fn nothing(db: &str) -> View {
    let actions = view! {
        <a class="btn primary" href=Place::Import(db.to_owned()).path()>{icon("import")}"Import certificates"</a>
        <a class="btn" href=Place::NewRequest(db.to_owned()).path()>{icon("plus")}"New request"</a>
    };
    empty("No certificates yet", "Import PEM, DER or PKCS#7, or make a key and a request and bring the answer of the CA here.", actions)
}

/// A note while a reading failed over rows that still stand.
fn unlock_note(app: App) -> View {
    let note = move || match app.certificates.reading.get() {
        Reading::Failed(words) if app.certificates.rows.with(|rows| !rows.is_empty()) => Some(
            view! { <div class="note-row">{callout("bad", view! { <b>"What is shown may be old."</b>" "{words}" "<button class="btn" type="button" on:click=move |_| app.certificates.refresh(app)>"Read again"</button> })}</div> },
        ),
        _ => None,
    };
    view! { {note} }
}

fn commands(app: App, db: Arc<str>, deleting: RwSignal<bool>, trusting: RwSignal<bool>) -> Vec<Command> {
    const GROUP: &str = "Certificates";
    let list = app.list;
    let walk = move |by: isize| {
        if let Some(index) = list.step(by) {
            table::reveal(index);
        }
    };
    let open = {
        let db = Arc::clone(&db);
        move || {
            if let Some(cursor) = list.cursor.get_untracked() {
                app.go(&Place::Certificate(db.to_string(), cursor));
            }
        }
    };
    let trust = {
        let db = Arc::clone(&db);
        move || {
            if list.checked.with_untracked(|checked| checked.len() > 1) {
                trusting.set(true);
            } else if let Some(row) = list.targets(app.certificates).first() {
                app.destination.set(Some(
                    [Place::Certificate(db.to_string(), row.entry.fingerprint_sha256.clone()).path().as_str(), "#trust"].concat(),
                ));
            }
        }
    };
    let (import, request, make) = (Arc::clone(&db), Arc::clone(&db), Arc::clone(&db));
    vec![
        Command::new("j", "Next certificate", GROUP, move || walk(1)),
        Command::new("ArrowDown", "Next certificate", GROUP, move || walk(1)),
        Command::new("k", "Previous certificate", GROUP, move || walk(-1)),
        Command::new("ArrowUp", "Previous certificate", GROUP, move || walk(-1)),
        Command::new("PageDown", "Next page", GROUP, move || walk(20)),
        Command::new("PageUp", "Previous page", GROUP, move || walk(-20)),
        Command::new("Home", "First certificate", GROUP, move || walk(isize::MIN / 2)),
        Command::new("End", "Last certificate", GROUP, move || walk(isize::MAX / 2)),
        Command::new("Enter", "Open the certificate", GROUP, open),
        Command::new("x", "Select or unselect", GROUP, move || {
            if let Some(cursor) = list.cursor.get_untracked() {
                list.toggle(&cursor);
            }
        }),
        Command::new("Shift+X", "Select down to the next", GROUP, move || {
            if let Some(cursor) = list.cursor.get_untracked() {
                list.checked.update(|checked| checked.extend([cursor]));
                walk(1);
                list.checked.update(|checked| checked.extend(list.cursor.get_untracked()));
            }
        }),
        Command::new("Ctrl+A", "Select all that are shown", GROUP, move || {
            list.items.with_untracked(|items| {
                list.checked.update(|checked| {
                    checked.extend(items.iter().filter_map(|item| item.row()).map(|row| row.entry.fingerprint_sha256.clone()))
                })
            });
        }),
        Command::new("/", "Filter", GROUP, || browser::focus(ids::FILTER)),
        Command::new("t", "Edit trust", GROUP, trust),
        Command::new("e", "Export as PEM", GROUP, move || actions::export_pem(app, &list.targets(app.certificates))),
        Command::new("y", "Copy as lines", GROUP, move || actions::copy_rows(app, &list.targets(app.certificates))),
        Command::new("#", "Delete", GROUP, move || deleting.set(true)),
        Command::new("o", "Group by issuer", GROUP, move || list.grouped.update(|grouped| *grouped = !*grouped)),
        Command::new("d", "Detail beside the list", GROUP, move || list.set_aside(!list.aside.get_untracked())),
        Command::new("i", "Import", GROUP, move || app.go(&Place::Import(import.to_string()))),
        Command::new("m", "Make a certificate", GROUP, move || app.go(&Place::Make(make.to_string(), String::new()))),
        Command::new("n", "New request", GROUP, move || app.go(&Place::NewRequest(request.to_string()))),
        Command::new("Ctrl+Enter", "Apply staged changes", GROUP, move || actions::apply_trust(app)),
        Command::new("Escape", "Clear: deletion, selection, filter", GROUP, move || {
            if deleting.get_untracked() {
                deleting.set(false);
            } else if trusting.get_untracked() {
                trusting.set(false);
            } else if !list.checked.with_untracked(std::collections::HashSet::is_empty) {
                list.checked.update(std::collections::HashSet::clear);
            } else {
                list.show_all();
            }
        }),
    ]
}
