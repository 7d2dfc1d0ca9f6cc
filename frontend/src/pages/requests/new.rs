//! `/databases/:db/requests/new`: key in the database, request assembled here, signed there.

use crate::view::*;
use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::key::{CreatedKey, NewKey};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::request::{NewRequest, Request, Tracking};
use certdeck_shared::request;

use super::draft::Draft;
use super::{checks, preview};
use crate::components::data::glass::{Glass, curl, glass, line, quoted};
use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note, Tone};
use crate::components::form::submission::{Load, Submission, load};
use crate::components::icon::{glyph, icon};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, browser, use_app};
use crate::transport::{client, page_client};

const ALGORITHMS: &[(&str, &str)] =
    &[("ec-p256", "EC P-256"), ("ec-p384", "EC P-384"), ("rsa-2048", "RSA 2048"), ("rsa-3072", "RSA 3072"), ("rsa-4096", "RSA 4096")];

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
}

impl New {
    fn submit(self) {
        let (db, form, algorithm, nickname) =
            untrack(|| (self.db.get_value(), self.draft.form(), self.draft.key_algorithm(), self.draft.nickname_or_name()));
        let note = Some(self.draft.note.get_untracked().trim().to_owned()).filter(|note| !note.is_empty());
        let made = self.key.get_untracked();
        let call = async move {
            let key = match made {
                Some(key) => key,
                None => client().create_key(&db, &NewKey { algorithm, label: Some(nickname.clone()) }).await?,
            };
            self.key.try_set(Some(key.clone()));
            let info = request::to_be_signed(&form, &key.subject_public_key_info.0)
                .map_err(|error| ClientError::from(Problem::new(ProblemCode::NotSignable, error.to_string())))?;
            let body = NewRequest::ToBeSigned {
                key_id: key.id,
                certification_request_info: Base64(info),
                tracking: Tracking { nickname, note, ..Tracking::default() },
            };
            client().create_request(&db, &body).await
        };
        let app = self.app;
        let db = self.db;
        self.submission.run(call, move |request| {
            Draft::forget();
            app.announce("Key and request made");
            app.refresh_databases();
            app.go(&Place::Request(db.get_value(), request.id));
        });
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
    };
    let (reader, id) = (page_client(), page.db.get_value());
    load(app, page.pending, async move { reader.requests(&id).await });
    effect(move || page.draft.keep());
    let all = Memo::new(move |_| checks::checks(app, page.draft, &page.pending.get()));
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
            {aside(page, all)}
        </div>
    }
}

fn submit_button(page: New, ready: Signal<bool>) -> View {
    let busy = page.submission.busy;
    view! {
        <button class="btn primary" type="submit" disabled=move || busy.get() || !ready.get()>
            {move || if busy.get() { view! { <span class="spin">{glyph("running")}</span> } } else { icon("key") }}
            {move || if page.key.with(Option::is_some) { "Sign with the key made" } else { "Make key and request" }}
            <kbd aria-hidden="true">"Ctrl ↵"</kbd>
        </button>
        {move || (!ready.get() && !busy.get()).then(|| view! { <span class="note cut">"See the checks"</span> })}
    }
}

fn form(page: New) -> View {
    let draft = page.draft;
    let faults = page.submission.faults;
    let about = move |pointer: &'static str| {
        Signal::derive(move || {
            let form = draft.form();
            // Nothing is wrong with a form that nobody has begun to fill in; the checks beside it say what is still needed.
            let begun = form != request::RequestForm::default();
            let fault = || request::validate(&form).into_iter().find(|error| error.pointer == pointer);
            begun.then(fault).flatten().map(|error| Note::bad(error.message))
        })
    };
    let names_note = Signal::derive(move || names_note(draft));
    let orphan = move || {
        page.key.get().filter(|_| faults.get().is_some()).map(|key| {
            callout("warn", view! { <p>"The key "<code>{key.id}</code>" is made and waits in the database as an orphan. Submit again to use it, or delete it on the page of keys."</p> })
        })
    };
    effect(move || {
        let pasted = draft.organization.get();
        untrack(|| draft.take_apart(&pasted));
    });
    effect(move || {
        let pasted = draft.common_name.get();
        untrack(|| draft.take_apart(&pasted));
    });
    view! {
        <section class="sect"><h3>"Where the key lives"</h3>
            <p class="note">"In the database. It is made there and never leaves it."</p>
            <div class="form gap-top">
                {Field::select(ids::REQUEST_KEY, "Key", draft.algorithm, ALGORITHMS).class("field f2").faults(faults, "/algorithm").view()}
                {Field::text(ids::REQUEST_NICKNAME, "Nickname and key label", draft.nickname).class("field f4").placeholder("the common name").faults(faults, "/nickname").view()}
            </div>
        </section>
        <section class="sect"><h3>"Names the certificate answers to"</h3>
            {Field::area(ids::REQUEST_NAMES, "One per line: host, address, e-mail or URI. The first becomes the common name.", draft.names, 5)
                .hint("Sorted into DNS, IP, e-mail and URI.").note(names_note).faults(faults, "/form/subject_alternative_names").view()}
        </section>
        <section class="sect"><div class="sect-head"><h3>"Subject"</h3><span class="note">"Paste a whole line, it is taken apart"</span></div><div class="form">
            {Field::text(ids::REQUEST_CN, "Common name (CN)", draft.common_name).class("field f4").placeholder("the first name").note(about("/common_name")).view()}
            {Field::text(ids::REQUEST_C, "Country (C)", draft.country).class("field f2").note(about("/country")).view()}
            {Field::text(ids::REQUEST_O, "Organisation (O)", draft.organization).class("field f4").autocomplete("organization").note(about("/organization")).view()}
            {Field::text(ids::REQUEST_OU, "Unit (OU)", draft.unit).class("field f2").note(about("/organizational_unit")).view()}
            {Field::text(ids::REQUEST_L, "Locality (L)", draft.locality).class("field f2").note(about("/locality")).view()}
            {Field::text(ids::REQUEST_ST, "State (ST)", draft.state).class("field f2").note(about("/state_or_province")).view()}
            {Field::text(ids::REQUEST_EMAIL, "E-mail", draft.email).class("field f2").note(about("/email_address")).view()}
        </div></section>
        <section class="sect stack">
            {Field::text(ids::REQUEST_NOTE, "Note for people", draft.note).placeholder("Sent to …, ticket …").faults(faults, "/note").view()}
            {orphan}
            {faults.callout()}
        </section>
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

fn aside(page: New, all: Memo<Vec<checks::Check>>) -> View {
    let pem = RwSignal::new(false);
    let lines = Memo::new(move |_| lines(page));
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
                <section class="sect">{move || all.with(|all| checks::view(all))}</section>
                <section class="sect" hidden=move || pem.get()><h3>"Request to send"</h3>{move || preview::outline(page.draft)}</section>
            </div>
            {glass(lines)}
        </aside>
    }
}

fn lines(page: New) -> Glass {
    let db = page.db.get_value();
    let form = page.draft.form();
    let directory = page.app.database().map_or_else(|| ".".to_owned(), |database| quoted(&format!("sql:{}", database.path)));
    let key = match page.draft.algorithm.get().as_str() {
        "ec-p384" => "-k ec -q nistp384".to_owned(),
        rsa if rsa.starts_with("rsa-") => format!("-k rsa -g {}", &rsa[4..]),
        _ => "-k ec -q nistp256".to_owned(),
    };
    let names = request::names(&form.subject_alternative_names).unwrap_or_default();
    let asked: Vec<String> = names
        .iter()
        .filter_map(|name| match name {
            certdeck_shared::x509::view::GeneralNameView::Dns(host) => Some(format!("dns:{host}")),
            certdeck_shared::x509::view::GeneralNameView::Ip(ip) => Some(format!("ip:{ip}")),
            certdeck_shared::x509::view::GeneralNameView::Email(mailbox) => Some(format!("rfc822:{mailbox}")),
            _ => None,
        })
        .collect();
    let asked = if asked.is_empty() { String::new() } else { format!(" --extSAN {}", quoted(&asked.join(","))) };
    let subject = quoted(&request::distinguished_name(&form).to_string());
    let body =
        NewRequest::Form { key_algorithm: page.draft.key_algorithm(), form, tracking: Tracking::named(page.draft.nickname_or_name()) };
    let body = serde_json::to_string(&body).unwrap_or_default();
    Glass {
        title: "Stands for".to_owned(),
        commands: vec![line(format!("certutil -R -d {directory} {key} -s {subject}{asked} -a"))],
        rest: vec![line(curl("POST", &paths::of_database(&db, "requests"), Some(&body)))],
    }
}
