//! `/databases/:db/make`: self-signed, root CA, from a CA of the database, or somebody's request signed.

use crate::view::*;
use certdeck_shared::api::issue::{IssuancePreview, IssuedCertificate};
use certdeck_shared::api::paths;
use certdeck_shared::request;

use super::draft::{Draft, KEYS, KINDS, Kind, TEMPLATES};
use super::made::{decisions, made};
use crate::components::data::facts::{fact, facts};
use crate::components::data::glass::{Glass, curl, glass, line, quoted};
use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note, checkbox};
use crate::components::form::submission::{Load, Submission, load};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, browser, clock, use_app};
use crate::transport::{client, page_client};

#[derive(Clone, Copy)]
struct Make {
    app: App,
    db: StoredValue<String>,
    draft: Draft,
    submission: Submission,
    preview: RwSignal<Load<IssuancePreview>>,
    made: RwSignal<Option<IssuedCertificate>>,
}

impl Make {
    fn submit(self) {
        let (db, draft) = (self.db.get_value(), self.draft);
        let alone = matches!(draft.kind.get_untracked(), Kind::SelfSigned | Kind::Root);
        let (own, issued) = untrack(|| (draft.self_signed(), draft.issued()));
        let call = async move { if alone { client().create_self_signed(&db, &own).await } else { client().issue(&db, &issued).await } };
        self.submission.run(call, move |issued| {
            self.app.announce("Certificate made");
            self.app.certificates.refresh(self.app);
            self.app.refresh_databases();
            self.made.set(Some(issued));
        });
    }

    fn is(self, kinds: &'static [Kind]) -> Signal<bool> {
        Signal::derive(move || kinds.contains(&self.draft.kind.get()))
    }
}

/// `/databases/:db/make`.
pub fn make_page(db: String, issuer: String) -> View {
    let app = use_app();
    let page = Make {
        app,
        db: StoredValue::new(db),
        draft: Draft::new(issuer),
        submission: Submission::new(),
        preview: RwSignal::new(Load::Waiting),
        made: RwSignal::new(None),
    };
    // The server says what its policy makes of the request, with every change.
    effect(move || {
        let body = page.draft.issued();
        if page.draft.kind.get() == Kind::Request && page.draft.request.with(|text| text.contains("-----END")) {
            let (reader, id) = (page_client(), page.db.get_value());
            load(app, page.preview, async move { reader.preview_issue(&id, &body).await });
        } else {
            page.preview.set(Load::Waiting);
        }
    });
    app.keyboard.register(vec![Command::new("Ctrl+Enter", "Make the certificate", "New certificate", move || page.submit())]);
    browser::focus_soon(ids::MAKE_SUBJECT);
    let back = Place::Certificates(page.db.get_value()).path();
    let lines = Memo::new(move |_| lines(page));
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <form class="pane-form" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); page.submit(); }>
                    <div class="pane-head"><h2>"New certificate"</h2><span class="push"><a class="btn plain" href=back>"Cancel"</a></span></div>
                    <div class="pane-body">{form(page)}</div>
                    <div class="pane-foot actions">{page.submission.button("certificate", "Make the certificate", Signal::derive(|| true))}</div>
                </form>
            </main>
            <aside class="pane quiet" aria-label="Preview">
                <div class="pane-head"><h2>{move || if page.made.with(Option::is_some) { "Made" } else { "What it will say" }}</h2></div>
                <div class="pane-body">
                    {move || locked(app).then(|| view! { <section class="sect stack"><h3>"Unlock the database"</h3>{unlock_form(app, Callback::new(|()| ()))}</section> })}
                    {move || match page.made.get() { Some(issued) => made(&page.db.get_value(), issued), None => preview(page) }}
                </div>
                {glass(lines)}
            </aside>
        </div>
    }
}

/// Whether the database must be unlocked first.
pub(super) fn locked(app: App) -> bool {
    app.database().is_some_and(|database| database.token.login_required && !database.token.unlocked)
}

fn form(page: Make) -> View {
    let (draft, faults) = (page.draft, page.submission.faults);
    let kinds: Vec<View> = KINDS
        .into_iter()
        .map(|(kind, words)| view! { <button type="button" aria-pressed=move || (draft.kind.get() == kind).to_string() on:click=move |_| draft.kind.set(kind)>{words}</button> })
        .collect();
    let subject = Signal::derive(move || {
        let form = draft.form();
        let begun = !form.subject.is_empty() || !form.subject_alternative_names.trim().is_empty();
        begun
            .then(|| request::validate(&form).into_iter().find(|error| error.pointer == "/subject"))
            .flatten()
            .map(|error| Note::bad(error.message))
    });
    let (signed, asked, root) = (page.is(&[Kind::Issued, Kind::Request]), page.is(&[Kind::Request]), page.is(&[Kind::Root]));
    view! {
        <section class="sect stack"><div class="seg" role="group" aria-label="Kind">{kinds}</div>
            {when(move || signed.get(), move || issuers(page))}
        </section>
        {when(move || asked.get(), move || view! {
            <section class="sect">{Field::area(ids::MAKE_REQUEST, "Request: PEM, with any text around it", draft.request, 7).faults(faults, "/request").view()}</section>
        })}
        <section class="sect"><h3>{move || if asked.get() { "Instead of what the request says" } else { "Subject and names" }}</h3><div class="form">
            {Field::text(ids::MAKE_SUBJECT, "Subject", draft.subject).class("field").placeholder("CN=www.example.org,O=Example,C=CH").note(subject).faults(faults, "/form/subject").view()}
            {Field::area(ids::MAKE_NAMES, "Alternative names: host, address, e-mail or URI", draft.names, 3).class("field").faults(faults, "/form/subject_alternative_names").view()}
        </div></section>
        <section class="sect"><h3>"Use"</h3><div class="form">
            {when(move || !root.get(), move || Field::select(ids::MAKE_TEMPLATE, "For", draft.template, TEMPLATES).class("field f3").view())}
            {when(move || !asked.get(), move || Field::select(ids::MAKE_KEY, "New key", draft.key, KEYS).class("field f3").faults(faults, "/key").view())}
            </div><div class="form gap-top">
            {Field::text(ids::MAKE_LENGTH, "Good for", draft.length).class("field f2").placeholder("as usual").faults(faults, "/validity").view()}
            {Field::select(ids::MAKE_UNIT, "Months or days", draft.unit, &[("months", "months"), ("days", "days")]).class("field f2").view()}
            {Field::text(ids::MAKE_SERIAL, "Serial number", draft.serial).class("field f2").placeholder("random").faults(faults, "/serial_number").view()}
            {Field::text(ids::MAKE_NICKNAME, "Nickname", draft.nickname).class("field f4").faults(faults, "/nickname")
                .note(Signal::derive(move || asked.get().then(|| Note { tone: crate::components::form::field::Tone::Plain, words: "Left empty it is only handed out.".to_owned() }))).view()}
            {when(move || !asked.get(), move || Field::text(ids::MAKE_TRUST, "Trust", draft.trust).class("field f2").placeholder("as usual").faults(faults, "/trust").view())}
        </div>{faults.callout()}</section>
        {when(move || asked.get(), move || view! {
            <section class="sect stack"><h3>"Policy"</h3>
                {checkbox("Copy the alternative names", "Names, addresses, e-mail addresses and URIs", draft.copy_names)}
                {checkbox("Copy the usages", "But for signing certificates and revocation lists", draft.copy_usages)}
            </section>
        })}
    }
}

/// The CAs of the database whose keys are here.
fn issuers(page: Make) -> View {
    let issuer = page.draft.issuer;
    let options = move || {
        let rows = page.app.certificates.rows.get();
        let able: Vec<_> = rows.iter().filter(|row| row.ca && row.has_key()).collect();
        if able.iter().all(|row| row.entry.fingerprint_sha256 != issuer.get_untracked())
            && let Some(first) = able.first()
        {
            issuer.set(first.entry.fingerprint_sha256.clone());
        }
        let option = |row: &std::sync::Arc<crate::state::row::Row>| {
            let value = row.entry.fingerprint_sha256.clone();
            let chosen = issuer.get() == value;
            view! { <option value=value selected=chosen>{row.name.clone()}" · "{clock::date(clock::at(row.not_after))}</option> }
        };
        if able.is_empty() {
            return callout("warn", "No certificate authority of this database has its key here. Make a root CA first.");
        }
        let options: Vec<View> = able.into_iter().map(option).collect();
        view! { <div class="field"><label for=ids::MAKE_ISSUER>"Issuer"</label><select class="in" id=ids::MAKE_ISSUER on:change=move |event| issuer.set(event_target_value(&event))>{options}</select></div> }
    };
    view! { {options} }
}

fn preview(page: Make) -> View {
    if page.draft.kind.get() == Kind::Request {
        return match page.preview.get() {
            Load::Waiting => {
                view! { <section class="sect"><p class="note">"Paste a request: its parts are shown here, and what the policy makes of each."</p></section> }
            }
            Load::Failed(words) => view! { <section class="sect">{callout("bad", words)}</section> },
            Load::Ready(preview) => view! {
                <section class="sect stack">
                    {facts(vec![("", vec![fact("Subject", preview.subject), fact("Until", clock::date(preview.not_after))])])}
                    {preview.notes.into_iter().map(|note| callout("warn", note)).collect::<Vec<_>>()}
                </section>
                {decisions(preview.decisions)}
            },
        };
    }
    let form = page.draft.form();
    let usages = request::Usages::of(&form, if page.draft.key.with(|key| key.starts_with("rsa")) { "RSA" } else { "EC" });
    let names = form.subject_alternative_names.lines().collect::<Vec<_>>().join(", ");
    let mut shown = vec![fact("Subject", request::distinguished_name(&form).to_string())];
    if !names.trim().is_empty() {
        shown.push(fact("Names", names));
    }
    shown.push(fact("Authority", if usages.basic_constraints.is_some_and(|own| own.ca) { "yes, it issues others" } else { "no" }));
    shown.push(fact("Key usage", usages.key_usage.join(", ")));
    if !usages.extended_key_usage.is_empty() {
        shown.push(fact("Extended", usages.extended_key_usage.join(", ")));
    }
    let note = match page.draft.kind.get() {
        Kind::SelfSigned => {
            "Nobody vouches for it: programs must be told to trust it. NSS here takes it as a trusted peer (P,,). A server without alternative names gets its common name."
        }
        Kind::Root => "Trusted here to issue for servers, e-mail and code (C,C,C). Ten years unless you say otherwise.",
        _ => "Three months unless you say otherwise, five years for a CA, and never longer than the issuer.",
    };
    view! { <section class="sect stack">{facts(vec![("", shown)])}<p class="note">{note}</p></section> }
}

fn lines(page: Make) -> Glass {
    let db = page.db.get_value();
    let directory = page.app.database().map_or_else(|| ".".to_owned(), |database| quoted(&format!("sql:{}", database.path)));
    let draft = page.draft;
    let subject = quoted(&draft.subject.get());
    let (command, path, body) = match draft.kind.get() {
        Kind::SelfSigned | Kind::Root => {
            let body = draft.self_signed();
            let extra = if draft.kind.get() == Kind::Root { " -2 --keyUsage certSigning,crlSigning,critical" } else { "" };
            (
                format!(
                    "certutil -S -x -d {directory} -n {} -s {subject} -t {}{extra}",
                    quoted(&body.nickname),
                    quoted(body.trust.as_deref().unwrap_or("P,,"))
                ),
                "self-signed",
                serde_json::to_string(&body),
            )
        }
        Kind::Issued => (
            format!("certutil -S -d {directory} -c ISSUER -n NICKNAME -s {subject} -t ,,"),
            "issued",
            serde_json::to_string(&draft.issued()),
        ),
        Kind::Request => (
            format!("certutil -C -d {directory} -c ISSUER -a -i request.pem -o certificate.pem"),
            "issued",
            serde_json::to_string(&draft.issued()),
        ),
    };
    Glass {
        title: "Stands for".to_owned(),
        commands: vec![line(command)],
        rest: vec![line(curl("POST", &paths::of_database(&db, path), Some(&body.unwrap_or_default())))],
    }
}
