//! `/databases/:db/requests/:id`: the PEM to send, what it asks for, and the answer.

use crate::view::*;
use certdeck_shared::api::request::{Request, RequestKeyPlace, RequestState};
use certdeck_shared::{detect, request};

use super::answer::answer;
use super::list::state_of;
use super::tracker;
use crate::components::data::copy::copy_wide;
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::components::x509::wanted::{name_facts, usage_facts};
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
    let back_href = Place::Requests(at.with_value(|(db, _)| db.clone())).path();
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <a class="btn plain icon" href=back_href aria-label="Back to the requests">{icon("back")}</a>
                    <h2 class="cut">{move || match slot.get() { Load::Ready(request) => request.nickname, _ => "Request".to_owned() }}</h2>
                </div>
                <div class="pane-body">{loaded(slot, 6, Callback::new(move |()| read()), move |request| about(app, at, slot, request))}</div>
                {glass(move || stands_for(&at.get_value().1, slot))}
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

/// What the request can be had as.
const FORMS: [(&str, &str); 3] = [("pem", "PEM"), ("new", "NEW"), ("text", "Text")];

/// The request as text of a form.
fn written(request: &Request, form: &str) -> String {
    let found = detect::read(request.pem.as_bytes()).requests;
    let read = found.first().and_then(|found| request::view(&found.der).ok().map(|view| (&found.der, view)));
    match (form, read) {
        ("new", Some((der, view))) => request::certutil_text(der, &view, request.phone.as_deref()),
        ("text", Some((_, view))) => request::text(&view),
        _ => request.pem.clone(),
    }
}

/// What is shown, as a file.
fn save(form: &str, request: Request) {
    let text = written(&request, form);
    match form {
        "text" => browser::download(&browser::file_name(&request.nickname, "csr.txt"), "text/plain", text.as_bytes()),
        _ => browser::download(&browser::file_name(&request.nickname, "csr.pem"), "application/x-pem-file", text.as_bytes()),
    }
}

fn save_der(request: &Request) {
    if let Some(found) = detect::read(request.pem.as_bytes()).requests.first() {
        browser::download(&browser::file_name(&request.nickname, "csr.der"), "application/pkcs10", &found.der);
    }
}

fn about(app: App, at: StoredValue<(String, String)>, slot: RwSignal<Load<Request>>, request: Request) -> View {
    let form = RwSignal::new("pem");
    let file = StoredValue::new(request.clone());
    let shown = move || file.with_value(|request| written(request, form.get()));
    let words = match request.key_place {
        RequestKeyPlace::Database if !request.key_present && request.state == RequestState::Pending => Some((
            "bad",
            "The key of this request is no longer in the database. An answer cannot be installed with it; make a new request.",
        )),
        RequestKeyPlace::Browser => Some((
            "live",
            "The key is in the browser that made the request. The answer is kept with the request until it is joined with the key there.",
        )),
        RequestKeyPlace::Elsewhere => {
            Some(("live", "The key is on another machine. The answer is kept with the request; it belongs where the key is."))
        }
        RequestKeyPlace::Token => Some(("live", "The key is on a token of another module; the answer is installed there.")),
        RequestKeyPlace::Database => None,
    };
    let gone = words.map(|(tone, words)| callout(tone, words));
    view! {
        <section class="sect stack">
            <div class="row">{state_of(&request)}<span class="note" title=clock::exact(request.created_at)>{format!("made {} by {}", clock::relative(request.created_at, clock::now()), request.created_by)}</span></div>
            {gone}
            {tracker::section(at, slot, &request)}
        </section>
        <section class="sect">
            <div class="sect-head">
                <h3>"Request to send"</h3>
                <span class="push row tight">
                    <div class="seg">{FORMS.into_iter().map(|(name, words)| {
                        let pressed = move || (form.get() == name).to_string();
                        view! { <button type="button" aria-pressed=pressed on:click=move |_| form.set(name)>{words}</button> }
                    }).collect::<Vec<_>>()}</div>
                    {copy_wide("Copy", move || untrack(shown))}
                    <button class="btn plain" type="button" on:click=move |_| save(form.get_untracked(), file.get_value())>{icon("export")}"Download"</button>
                    <button class="btn plain" type="button" on:click=move |_| save_der(&file.get_value())>"DER"</button>
                </span>
            </div>
            <pre class="code" tabindex="0" id=ids::REQUEST_PEM>{shown}</pre>
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
        let words = |list: Option<Vec<std::borrow::Cow<'static, str>>>| {
            list.unwrap_or_default().into_iter().map(Into::into).collect::<Vec<String>>()
        };
        let ca = view.basic_constraints.filter(|constraints| constraints.ca).map(|constraints| constraints.path_length);
        about.extend(usage_facts(&words(view.key_usage), &words(view.extended_key_usage), ca));
    }
    about.push(fact_code("Key id", request.key_id.clone()));
    for weakness in &request.weaknesses {
        about.push(fact("Weak, accepted", weakness.words.clone()));
    }
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

/// The answer that is awaited, or the request as it was made.
fn stands_for(id: &str, slot: RwSignal<Load<Request>>) -> Action {
    slot.with(|slot| match slot {
        Load::Ready(request) if request.state == RequestState::Pending => {
            Action::ReplyToRequest { request: id.to_owned(), nickname: request.nickname.clone() }
        }
        _ => Action::ShowRequest { request: id.to_owned() },
    })
}
