//! `/databases/:db/requests/new`: key in the database, request assembled here, signed there.

use crate::view::*;
use certdeck_shared::api::key::{CreatedKey, Key};
use certdeck_shared::api::request::{NewRequest, Request, RequestKeyPlace};
use certdeck_shared::request::{self, Weakness};

use super::draft::Draft;
use super::make::{self, Keep};
use super::{checks, place, preview, subject, usages, weak};
use crate::components::data::glass::{Action, glass};
use crate::components::form::field::{Field, Note, Tone};
use crate::components::form::submission::{Load, Submission, load};
use crate::components::icon::{glyph, icon};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, browser, use_app};
use crate::transport::{client, page_client};

/// What the page's parts share.
#[derive(Clone, Copy)]
struct New {
    app: App,
    db: StoredValue<String>,
    draft: Draft,
    submission: Submission,
    /// The key that was made when the step after it failed.
    key: RwSignal<Option<CreatedKey>>,
    pending: RwSignal<Load<Vec<Request>>>,
    /// The keys that are there.
    keys: RwSignal<Load<Vec<Key>>>,
}

impl New {
    fn submit(self) {
        let (db, draft) = (self.db.get_value(), self.draft);
        let (form, algorithm, tracking) = untrack(|| (draft.form(), draft.key_algorithm(), draft.tracking()));
        let at = self.db;
        let app = self.app;
        let then = move |request: Request| {
            Draft::forget();
            app.announce("Key and request made");
            app.refresh_databases();
            app.go(&Place::Request(at.get_value(), request.id));
        };
        match draft.place.get_untracked().as_str() {
            "existing" => {
                let body = NewRequest::ExistingKey { key_id: draft.existing.get_untracked(), form, tracking };
                self.submission.run(async move { client().create_request(&db, &body).await }, then);
            }
            "browser" => {
                let keep = match draft.keep.get_untracked().as_str() {
                    "file" => Keep::File(draft.password.get_untracked()),
                    "here" => Keep::Here,
                    _ => Keep::UntilAnswered,
                };
                let name = browser::file_name(&tracking.nickname, "key.pem");
                let call = async move { make::in_browser(&db, algorithm, &form, tracking, keep).await };
                self.submission.run(call, move |(request, file)| {
                    if let Some(file) = file {
                        browser::download(&name, "application/x-pem-file", file.as_bytes());
                    }
                    then(request);
                });
            }
            _ => {
                let made = self.key;
                self.submission.run(async move { make::with_new_key(&db, algorithm, &form, tracking, made).await }, then);
            }
        }
    }

    fn locked(self) -> bool {
        self.app.database().is_some_and(|database| database.token.login_required && !database.token.unlocked)
    }
}

/// `/databases/:db/requests/new`.
pub fn new_request_page(db: String) -> View {
    let app = use_app();
    let page = New {
        app,
        db: StoredValue::new(db),
        draft: Draft::restored(),
        submission: Submission::new(),
        key: RwSignal::new(None),
        pending: RwSignal::new(Load::Waiting),
        keys: RwSignal::new(Load::Waiting),
    };
    let (reader, id) = (page_client(), page.db.get_value());
    load(app, page.pending, async move { reader.requests(&id).await });
    let (reader, id) = (page_client(), page.db.get_value());
    load(app, page.keys, async move { reader.keys(&id).await });
    effect(move || {
        if let Load::Ready(keys) = page.keys.get() {
            page.draft.keys.set(keys.into_iter().map(|key| (key.id, key.algorithm)).collect());
        }
    });
    let (reader, id) = (page_client(), page.db.get_value());
    let offered = RwSignal::new(Load::Waiting);
    load(app, offered, async move { reader.token_algorithms(&id, "internal").await });
    effect(move || {
        if let Load::Ready(offered) = offered.get() {
            page.draft.not_here.set(offered.into_iter().filter_map(|one| Some((one.algorithm, one.reason?))).collect());
        }
    });
    effect(move || page.draft.keep_in_browser());
    let weak = Memo::new(move |_| weak::of(page.draft));
    let all = Memo::new(move |_| weak.with(|weak| checks::checks(app, page.draft, &page.pending.get(), weak)));
    let ready = Signal::derive(move || all.with(|all| all.iter().all(|check| check.tone != Tone::Bad)));
    app.keyboard.register(vec![Command::new("Ctrl+Enter", "Make key and request", "New request", move || {
        if ready.get_untracked() {
            page.submit();
        }
    })]);
    browser::focus_soon(ids::REQUEST_NAMES);
    let back = Place::Requests(page.db.get_value()).path();
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <form class="pane-form" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); page.submit(); }>
                    <div class="pane-head"><h2>"New request"</h2><span class="push row tight"><span class="note wide-only">"Draft kept in this browser"</span><a class="btn plain" href=back>"Cancel"</a></span></div>
                    <div class="pane-body">{form(page)}</div>
                    <div class="pane-foot actions">{submit_button(page, ready)}<span class="push wide-only">{crate::components::icon::hint("Tab", "next field")}</span></div>
                </form>
            </main>
            {aside(page, all, weak)}
        </div>
    }
}

fn submit_button(page: New, ready: Signal<bool>) -> View {
    let busy = page.submission.busy;
    view! {
        <button class="btn primary" type="submit" disabled=move || busy.get() || !ready.get()>
            {move || if busy.get() { view! { <span class="spin">{glyph("running")}</span> } } else { icon("key") }}
            {move || match page.draft.place.get().as_str() {
                "existing" => "Make the request",
                "new" if page.key.with(Option::is_some) => "Sign with the key made",
                _ => "Make key and request",
            }}
            <kbd aria-hidden="true">"Ctrl ↵"</kbd>
        </button>
        {move || (!ready.get() && !busy.get()).then(|| view! { <span class="note cut">"See the checks"</span> })}
    }
}

fn form(page: New) -> View {
    let draft = page.draft;
    let faults = page.submission.faults;
    let names_note = Signal::derive(move || names_note(draft));
    view! {
        {place::section(draft, page.keys, faults, page.key)}
        <section class="sect"><h3>"Names the certificate answers to"</h3>
            {Field::area(ids::REQUEST_NAMES, "One per line: host, address, e-mail or URI. The first becomes the common name.", draft.names, 5)
                .hint("Sorted into DNS, IP, e-mail and URI.").note(names_note).faults(faults, "/form/subject_alternative_names").view()}
        </section>
        {subject::section(page.app, draft, faults)}
        {usages::section(page.app, draft, faults)}
        <section class="sect"><h3>"For the CA and for people"</h3><div class="form">
            {Field::text(ids::REQUEST_CA, "CA it goes to", draft.ca_name).class("field f3").faults(faults, "/ca_name").view()}
            {Field::text(ids::REQUEST_PHONE, "Telephone", draft.phone).class("field f3").hint("Above the PEM with the label NEW, as certutil writes it.").faults(faults, "/phone").view()}
            {Field::text(ids::REQUEST_NOTE, "Note for people", draft.note).class("field f3").placeholder("Sent to …, ticket …").faults(faults, "/note").view()}
            {Field::text(ids::REQUEST_CHALLENGE, "Challenge password", draft.challenge).class("field f3").hint("For a later revocation. Whoever sees the request can read it.").faults(faults, "/form/challenge_password").view()}
        </div></section>
        <section class="sect stack refused">{faults.callout()}</section>
    }
}

fn names_note(draft: Draft) -> Option<Note> {
    let form = draft.form();
    match request::names(&form.subject_alternative_names) {
        Err(problems) => {
            let more = problems.len().saturating_sub(1);
            let first = problems.first()?.to_string();
            Some(Note::bad(if more > 0 { format!("{first} (+{more})") } else { first }))
        }
        Ok(names) if names.is_empty() => None,
        Ok(_) => request::notes(&form).into_iter().next().map(Note::warn),
    }
}

fn aside(page: New, all: Memo<Vec<checks::Check>>, weak: Memo<Vec<Weakness>>) -> View {
    let pem = RwSignal::new(false);
    view! {
        <aside class="pane quiet" aria-label="Preview">
            <div class="pane-head">
                <h2>"Preview"</h2>
                <div class="seg">
                    <button type="button" aria-pressed=move || (!pem.get()).to_string() on:click=move |_| pem.set(false)>"Fields"</button>
                    <button type="button" aria-pressed=move || pem.get().to_string() on:click=move |_| pem.set(true)>"PEM"</button>
                </div>
                <span class="push note wide-only">"Built in the page"</span>
            </div>
            <div class="pane-body">
                <section class="sect">{move || if pem.get() { preview::outline(page.draft) } else { preview::fields(page.draft) }}</section>
                {move || page.locked().then(|| view! { <section class="sect stack"><h3>"Unlock the database"</h3>{unlock_form(page.app, Callback::new(|()| ()))}</section> })}
                {move || weak.with(|weak| weak::section(page.draft, weak))}
                <section class="sect">{move || all.with(|all| checks::view(all))}</section>
                <section class="sect" hidden=move || pem.get()><h3>"Request to send"</h3>{move || preview::outline(page.draft)}</section>
            </div>
            {glass(move || stands_for(page))}
        </aside>
    }
}

fn stands_for(page: New) -> Action {
    let (draft, form, tracking) = (page.draft, page.draft.form(), page.draft.tracking());
    let body = match draft.place.get().as_str() {
        "existing" => NewRequest::ExistingKey { key_id: draft.existing.get(), form, tracking },
        "browser" => NewRequest::Ready { content: String::new(), key_place: Some(RequestKeyPlace::Browser), tracking },
        _ => NewRequest::Form { key_algorithm: draft.key_algorithm(), form, tracking },
    };
    Action::CreateRequest { body }
}
