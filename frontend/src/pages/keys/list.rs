//! `/databases/:db/keys`.

use crate::view::*;
use certdeck_shared::api::key::Key;
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::request::{self, RequestForm, Template};

use crate::components::data::copy::copy_button;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::{callout, empty};
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{hint, icon, state};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, use_app};
use crate::transport::{client, page_client};

/// What the list and its rows share.
#[derive(Clone, Copy)]
struct Keys {
    app: App,
    db: StoredValue<String>,
    slot: RwSignal<Load<Vec<Key>>>,
    /// Id of the key whose deletion is being asked about.
    asked: RwSignal<Option<String>>,
    /// Id of the key that a request is being made for, and the subject.
    requested: RwSignal<Option<String>>,
    subject: RwSignal<String>,
    submission: Submission,
}

impl Keys {
    fn read(self) {
        let db = self.db.get_value();
        let reader = page_client();
        load(self.app, self.slot, async move { reader.keys(&db).await });
    }

    fn delete(self, id: String) {
        let db = self.db.get_value();
        let call = async move { client().delete_key(&db, &id).await };
        self.submission.run(call, move |()| {
            self.asked.set(None);
            self.app.announce("Key deleted");
            self.app.refresh_databases();
            self.read();
        });
    }
}

impl Keys {
    /// A request around a key that is there; its common name is the nickname to be.
    fn request(self, key_id: String) {
        let (db, subject) = (self.db.get_value(), self.subject.get_untracked());
        let form = RequestForm { subject, template: Some(Template::TlsServer), ..RequestForm::default() };
        let name = request::distinguished_name(&form).common_name().unwrap_or_default().to_owned();
        let form = RequestForm { subject_alternative_names: if name.contains('.') { name.clone() } else { String::new() }, ..form };
        let body = NewRequest::ExistingKey { key_id, form, tracking: Tracking { nickname: name, ..Tracking::default() } };
        let call = async move { client().create_request(&db, &body).await };
        self.submission.run(call, move |request| {
            self.app.refresh_databases();
            self.app.go(&Place::Request(self.db.get_value(), request.id));
        });
    }
}

/// `/databases/:db/keys`.
pub fn keys_page(db: String) -> View {
    let app = use_app();
    let keys = Keys {
        app,
        db: StoredValue::new(db),
        slot: RwSignal::new(Load::Waiting),
        asked: RwSignal::new(None),
        requested: RwSignal::new(None),
        subject: RwSignal::new(String::new()),
        submission: Submission::new(),
    };
    effect(move || {
        // Read again with every change of the database, by whomever.
        app.databases.with(|_| ());
        keys.read();
    });
    let new_request = move || app.go(&Place::NewRequest(keys.db.get_value()));
    app.keyboard.register(vec![Command::new("n", "New key and request", "Keys", new_request)]);
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Keys"</h2>
                    <span class="note wide-only">{move || summary(&keys.slot.get())}</span>
                    <span class="push row tight">
                        <a class="btn primary" href=Place::NewRequest(keys.db.get_value()).path()>{icon("plus")}"Key and request"<kbd aria-hidden="true">"n"</kbd></a>
                    </span>
                </div>
                <div class="scroll">{loaded(keys.slot, 5, Callback::new(move |()| keys.read()), move |list| table(keys, list))}</div>
                <div class="pane-foot">{hint("n", "new key and request")}<span class="push">"A private key never leaves the database"</span></div>
                {glass(move || keys.asked.get().map_or(Action::ListKeys, |key| Action::DeleteKey { key }))}
            </main>
        </div>
    }
}

fn summary(slot: &Load<Vec<Key>>) -> String {
    let Load::Ready(keys) = slot else { return String::new() };
    let orphans = keys.iter().filter(|key| key.orphan).count();
    match orphans {
        0 => format!("{}, no orphan", counted(keys.len(), "key")),
        _ => format!("{}, {}", counted(keys.len(), "key"), counted(orphans, "orphan")),
    }
}

fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn table(keys: Keys, list: Vec<Key>) -> View {
    if list.is_empty() {
        let action = view! { <a class="btn primary" href=Place::NewRequest(keys.db.get_value()).path()>"New request"</a> };
        return empty("No private key here", "A new request makes one in this database. Certificates of others need none.", action);
    }
    let rows: Vec<_> = list.into_iter().map(|key| row(keys, key)).collect();
    view! {
        <table class="grid rows keylist">
            <thead><tr>
                <th scope="col">"State"</th><th scope="col">"Label"</th><th scope="col">"Algorithm"</th><th scope="col">"Belongs to"</th><th scope="col">"Id"</th><th scope="col"><span class="sr">"Actions"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(keys: Keys, key: Key) -> View {
    let word = if !key.certificates.is_empty() {
        state("ok", "ok", "In use")
    } else if key.requests.is_empty() {
        state("due", "warn", "Orphan")
    } else {
        state("not-yet", "off", "Waiting")
    };
    let id = key.id.clone();
    let shown = if id.len() > 16 { format!("{} … {}", &id[..8], &id[id.len() - 6..]) } else { id.clone() };
    let is_asked = {
        let id = id.clone();
        move || keys.asked.with(|asked| asked.as_ref() == Some(&id))
    };
    let ask = {
        let id = id.clone();
        move |_| {
            keys.submission.faults.clear();
            keys.asked.set(Some(id.clone()));
        }
    };
    let label = key.label.clone().filter(|label| !label.is_empty()).unwrap_or_else(|| "none".to_owned());
    let name = label.clone();
    let confirmation = {
        let key = key.clone();
        move || {
            let requested = keys.requested.with(|requested| requested.as_ref() == Some(&key.id));
            let content = if is_asked() {
                confirm(keys, &key)
            } else if requested {
                request_form(keys, &key)
            } else {
                return None;
            };
            Some(view! { <tr class="ask-row"><td colspan="6">{content}</td></tr> })
        }
    };
    let ask_request = {
        let id = key.id.clone();
        move |_| {
            keys.submission.faults.clear();
            keys.asked.set(None);
            keys.requested.set(Some(id.clone()));
            crate::state::browser::focus_soon(ids::KEY_SUBJECT);
        }
    };
    view! {
        <tr>
            <td class="r-state">{word}</td>
            <td class="r-name"><b>{label}</b></td>
            <td class="r-wide">{key.algorithm.clone()}</td>
            <td class="r-sub">{belongings(keys, &key)}</td>
            <td class="r-wide"><span class="row tight"><code title=id.clone()>{shown}</code>{copy_button("key id", move || id.clone())}</span></td>
            <td class="r-end"><span class="row tight"><button class="btn plain icon" type="button" title="New request from this key" aria-label=format!("New request from key {name}") on:click=ask_request>{icon("request")}</button><button class="btn plain icon danger" type="button" title="Delete" aria-label=format!("Delete key {name}") on:click=ask>{icon("delete")}</button></span></td>
        </tr>
        {confirmation}
    }
}

fn belongings(keys: Keys, key: &Key) -> View {
    let db = keys.db.get_value();
    let mut links: Vec<View> = Vec::new();
    for fingerprint in &key.certificates {
        let name = keys
            .app
            .certificates
            .row(fingerprint)
            .map_or_else(|| fingerprint[..16.min(fingerprint.len())].to_owned(), |row| row.name.clone());
        let href = Place::Certificate(db.clone(), fingerprint.clone()).path();
        links.push(view! { <a href=href>{name}</a>" " });
    }
    for request in &key.requests {
        links.push(view! { <a href=Place::Request(db.clone(), request.clone()).path()>"request"</a>" " });
    }
    if links.is_empty() {
        return view! { <span class="faint">"neither a certificate nor a request"</span> };
    }
    view! { <span class="cut">{links}</span> }
}

fn request_form(keys: Keys, key: &Key) -> View {
    let id = key.id.clone();
    let faults = keys.submission.faults;
    view! {
        <form class="ask" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); keys.request(id.clone()); }>
            {Field::text(ids::KEY_SUBJECT, "Subject of the new request", keys.subject).placeholder("CN=www.example.org,O=Example,C=CH").faults(faults, "/form").view()}
            {faults.callout()}
            <div class="row">
                {keys.submission.button("request", "Make the request", Signal::derive(move || !keys.subject.with(String::is_empty)))}
                <button class="btn plain" type="button" on:click=move |_| keys.requested.set(None)>"Cancel"</button>
            </div>
        </form>
    }
}

fn confirm(keys: Keys, key: &Key) -> View {
    let id = key.id.clone();
    let words = if key.orphan {
        "Nothing belongs to this key. It cannot be made again."
    } else {
        "What belongs to it stays, but cannot be used any more: a server that serves the certificate stops at its next start. The snapshot taken before is the way back."
    };
    view! {
        <div class="ask">
            {callout(if key.orphan { "warn" } else { "bad" }, words)}
            {keys.submission.faults.callout()}
            <div class="row">
                <button class="btn danger" type="button" disabled=keys.submission.busy on:click=move |_| keys.delete(id.clone())>"Delete the key"</button>
                <button class="btn plain" type="button" on:click=move |_| keys.asked.set(None)>"Keep it"</button>
            </div>
        </div>
    }
}
