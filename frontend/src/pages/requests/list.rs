//! `/databases/:db/requests`: pending ones first, each with its PEM at hand.

use crate::view::*;
use certdeck_shared::api::request::{Request, RequestKeyPlace, RequestState};

use super::answer::any_answer;
use crate::components::data::copy::copy_wide;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::empty;
use crate::components::form::submission::{Load, load, loaded};
use crate::components::icon::{hint, icon, state};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, clock, use_app};
use crate::transport::page_client;

/// `/databases/:db/requests`.
pub fn requests_page(db: String) -> View {
    let app = use_app();
    let db = StoredValue::new(db);
    let slot = RwSignal::new(Load::Waiting);
    let chosen = RwSignal::new(None::<String>);
    let read = move || {
        let (reader, db) = (page_client(), db.get_value());
        load(app, slot, async move { reader.requests(&db).await.map(pending_first) });
    };
    effect(move || {
        app.databases.with(|_| ());
        read();
    });
    let step = move |by: isize| {
        let Load::Ready(list) = slot.get_untracked() else { return };
        let here = chosen.with_untracked(|chosen| list.iter().position(|request| Some(&request.id) == chosen.as_ref()));
        if let Some(next) = list.get(here.map_or(0, |here| here.saturating_add_signed(by))) {
            chosen.set(Some(next.id.clone()));
        }
    };
    app.keyboard.register(vec![
        Command::new("n", "New request", "Requests", move || app.go(&Place::NewRequest(db.get_value()))),
        Command::new("j", "Next request", "Requests", move || step(1)),
        Command::new("k", "Previous request", "Requests", move || step(-1)),
        Command::new("Enter", "Open the selected request", "Requests", move || {
            if let Some(id) = chosen.get_untracked() {
                app.go(&Place::Request(db.get_value(), id));
            }
        }),
    ]);
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Requests"</h2>
                    <span class="note wide-only">{move || summary(&slot.get())}</span>
                    <a class="btn primary push" href=Place::NewRequest(db.get_value()).path()>{icon("plus")}"Request"<kbd aria-hidden="true">"n"</kbd></a>
                </div>
                <details class="sect more"><summary>"Paste an answer, its request or its key is found"</summary>{any_answer(app, db.get_value())}</details>
                <div class="scroll">{loaded(slot, 5, Callback::new(move |()| read()), move |list| table(app, db, list, chosen))}</div>
                <div class="pane-foot">{hint("j k", "move")}{hint("Enter", "open")}{hint("n", "new request")}</div>
                {glass(|| Action::ListRequests)}
            </main>
        </div>
    }
}

fn pending_first(mut requests: Vec<Request>) -> Vec<Request> {
    requests.sort_by_key(|request| (request.state == RequestState::Answered, std::cmp::Reverse(request.created_at)));
    requests
}

fn summary(slot: &Load<Vec<Request>>) -> String {
    let Load::Ready(list) = slot else { return String::new() };
    match list.iter().filter(|request| request.state == RequestState::Pending).count() {
        0 => "None waits for a CA".to_owned(),
        1 => "1 waits for a CA".to_owned(),
        count => format!("{count} wait for a CA"),
    }
}

fn table(app: App, db: StoredValue<String>, list: Vec<Request>, chosen: RwSignal<Option<String>>) -> View {
    if list.is_empty() {
        let action = view! { <a class="btn primary" href=Place::NewRequest(db.get_value()).path()>"New request"</a> };
        return empty(
            "No request yet",
            "The key is made in the database, the request in this page; you copy it to the CA and paste here what the CA sends.",
            action,
        );
    }
    let rows: Vec<_> = list.into_iter().map(|request| row(app, db, request, chosen)).collect();
    view! {
        <table class="grid rows reqs">
            <thead><tr>
                <th scope="col">"State"</th><th scope="col">"Nickname"</th><th scope="col">"Subject"</th><th scope="col">"CA"</th><th scope="col">"Made"</th><th scope="col"><span class="sr">"Copy"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(app: App, db: StoredValue<String>, request: Request, chosen: RwSignal<Option<String>>) -> View {
    let href = Place::Request(db.get_value(), request.id.clone()).path();
    let (id, clicked) = (request.id.clone(), request.id.clone());
    let here = move || chosen.with(|chosen| chosen.as_ref() == Some(&id)).to_string();
    let pem = request.pem.clone();
    view! {
        <tr aria-selected=here on:click=move |_| chosen.set(Some(clicked.clone()))>
            <td class="r-state">{state_of(&request)}</td>
            <td class="r-name"><a href=href>{request.nickname.clone()}</a></td>
            <td class="r-sub">{request.subject.clone()}{request.note.clone().map(|note| view! { <span class="faint">{[" · ", &note].concat()}</span> })}</td>
            <td class="r-wide">{request.ca_name.clone().unwrap_or_default()}</td>
            <td class="r-wide" title=clock::exact(request.created_at)>{move || clock::relative(request.created_at, app.now.get().max(request.created_at.unix_timestamp()))}</td>
            <td class="r-end">{copy_wide("Copy PEM", move || pem.clone())}</td>
        </tr>
    }
}

/// State as shape, word and colour.
pub fn state_of(request: &Request) -> View {
    match (request.state, request.key_place) {
        (RequestState::Answered, _) => state("ok", "ok", "Answered"),
        (RequestState::Pending, RequestKeyPlace::Database) if !request.key_present => state("expired", "bad", "Key gone"),
        (RequestState::Pending, _) => state("not-yet", "live", "Pending"),
    }
}
