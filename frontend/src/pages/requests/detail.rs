//! `/databases/:db/requests/:id`: the PEM to send, what it asks for, and the answer.

use crate::view::*;
use certdeck_shared::api::paths;
use certdeck_shared::api::request::{Request, RequestState};
use certdeck_shared::{detect, request};

use super::answer::answer;
use super::list::state_of;
use super::preview::name_facts;
use crate::components::data::copy::copy_wide;
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::data::glass::{Glass, curl, glass, line, line_with};
use crate::components::feedback::callout;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, browser, clock, use_app};
use crate::transport::{client, page_client};

/// `/databases/:db/requests/:id`.
pub fn request_page(db: String, id: String) -> View {
    let app = use_app();
    let at = StoredValue::new((db, id));
    let slot = RwSignal::new(Load::Waiting);
    let installed = RwSignal::new(None);
    let read = move || {
        let (reader, (db, id)) = (page_client(), at.get_value());
        load(app, slot, async move { reader.request(&db, &id).await });
    };
    read();
    let back = move || app.go(&Place::Requests(at.with_value(|(db, _)| db.clone())));
    app.keyboard.register(vec![
        Command::new("u", "Back to the requests", "Request", back),
        Command::new("Escape", "Back to the requests", "Request", back),
    ]);
    let lines = Memo::new(move |_| {
        let (db, id) = at.get_value();
        Glass {
            title: "Stands for".to_owned(),
            commands: vec![line_with("certutil -A -d sql:… -n <nickname> -t ,, -a -i answer.pem", "the key is found by itself")],
            rest: vec![
                line(curl("GET", &paths::request(&db, &id), None)),
                line(curl("POST", &paths::reply(&db, &id), Some(r#"{"content":"-----BEGIN CERTIFICATE-----…"}"#))),
            ],
        }
    });
    let back_href = Place::Requests(at.with_value(|(db, _)| db.clone())).path();
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <a class="btn plain icon" href=back_href aria-label="Back to the requests">{icon("back")}</a>
                    <h2 class="cut">{move || match slot.get() { Load::Ready(request) => request.nickname, _ => "Request".to_owned() }}</h2>
                </div>
                <div class="pane-body">{loaded(slot, 6, Callback::new(move |()| read()), move |request| about(app, at, request))}</div>
                {glass(lines)}
            </main>
            <aside class="pane quiet" aria-label="Answer of the CA">
                <div class="pane-head"><h2>"Answer of the CA"</h2></div>
                <div class="pane-body">
                    {move || match slot.get() {
                        Load::Ready(request) => answer(app, at.get_value(), &request, slot, installed),
                        Load::Waiting | Load::Failed(_) => View::nothing(),
                    }}
                </div>
            </aside>
        </div>
    }
}

fn about(app: App, at: StoredValue<(String, String)>, request: Request) -> View {
    let (pem, file) = (request.pem.clone(), request.pem.clone());
    let name = browser::file_name(&request.nickname, "csr.pem");
    let gone = (!request.key_present && request.state == RequestState::Pending).then(|| {
        callout("bad", "The key of this request is no longer in the database. An answer cannot be installed with it; make a new request.")
    });
    view! {
        <section class="sect stack">
            <div class="row">{state_of(&request)}<span class="note" title=clock::exact(request.created_at)>{format!("made {} by {}", clock::relative(request.created_at, clock::now()), request.created_by)}</span></div>
            {gone}
            {request.note.clone().map(|note| view! { <p class="muted">{note}</p> })}
        </section>
        <section class="sect">
            <div class="sect-head">
                <h3>"Request to send"</h3>
                <span class="push row tight">
                    {copy_wide("Copy PEM", move || pem.clone())}
                    <button class="btn plain" type="button" on:click=move |_| browser::download(&name, "application/x-pem-file", file.as_bytes())>{icon("export")}"Download"</button>
                </span>
            </div>
            <pre class="code" tabindex="0" id=ids::REQUEST_PEM>{request.pem.clone()}</pre>
        </section>
        <section class="sect">{asked(&request)}</section>
        {remove(app, at, request.key_present)}
    }
}

/// What the request asks for, read from its own bytes.
fn asked(request: &Request) -> View {
    let mut about: Vec<Fact> = vec![fact_code("Subject", request.subject.clone())];
    let found = detect::read(request.pem.as_bytes()).requests;
    if let Some(view) = found.first().and_then(|found| request::view(&found.der).ok()) {
        about.push(fact("Public key", view.public_key.short()));
        about.push(fact("Signature", view.signature_algorithm.to_string()));
        about.extend(name_facts(&view.subject_alternative_names));
    }
    about.push(fact_code("Key id", request.key_id.clone()));
    facts(vec![("CertificationRequest, PKCS#10", about)])
}

fn remove(app: App, at: StoredValue<(String, String)>, key_present: bool) -> View {
    let asked = RwSignal::new(false);
    let with_key = RwSignal::new(false);
    let submission = Submission::new();
    let delete = move |_| {
        let (db, id) = at.get_value();
        let key = with_key.get_untracked();
        let place = Place::Requests(db.clone());
        submission.run(async move { client().delete_request(&db, &id, key).await }, move |()| {
            app.announce("Request deleted");
            app.go(&place);
        });
    };
    let content = move || {
        if !asked.get() {
            return view! { <button class="btn danger" type="button" on:click=move |_| asked.set(true)>{icon("delete")}"Delete"</button> };
        }
        let choice = key_present.then(|| {
            crate::components::form::field::checkbox(
                "Delete its private key too",
                "Without it the key stays as an orphan. An answer of the CA is then good for nothing.",
                with_key,
            )
        });
        view! {
            <div class="ask">
                <p>"The console forgets the request. Its answer can then no longer be matched here."</p>
                {choice}
                {submission.faults.callout()}
                <div class="row">
                    <button class="btn danger" type="button" disabled=submission.busy on:click=delete>"Delete the request"</button>
                    <button class="btn plain" type="button" on:click=move |_| asked.set(false)>"Keep it"</button>
                </div>
            </div>
        }
    };
    view! { <section class="sect">{content}</section> }
}
