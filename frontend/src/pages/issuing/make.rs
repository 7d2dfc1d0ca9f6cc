//! `/databases/:db/make`: self-signed, root CA, from a CA of the database, or somebody's request signed.

use crate::view::*;
use certdeck_shared::api::issue::{IssuancePreview, IssuedCertificate};
use certdeck_shared::api::key::Key;

use super::draft::{Draft, Kind};
use super::made::made;
use super::prospect::Prospect;
use super::{fields, summary};
use crate::components::data::glass::{Action, glass};
use crate::components::form::field::Note;
use crate::components::form::submission::{Load, Submission, load};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, browser, clock, use_app};
use crate::transport::{client, page_client};

/// How long one waits for the next letter before the server is asked.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(300);

/// Places in the body whose fields are among the advanced ones.
const ADVANCED: [&str; 9] = [
    "/form/basic_constraints",
    "/form/key_usage",
    "/form/extended_key_usage",
    "/policy/path_length",
    "/policy/addresses",
    "/addresses",
    "/serial_number",
    "/trust",
    "/validity/not_before",
];

/// What the page's parts share.
#[derive(Clone, Copy)]
pub struct Make {
    pub app: App,
    db: StoredValue<String>,
    pub draft: Draft,
    pub submission: Submission,
    /// The keys that are there.
    pub keys: RwSignal<Load<Vec<Key>>>,
    /// What the page makes of the draft by itself.
    pub prospect: Memo<Prospect>,
    /// What the server makes of it, where a CA of the database signs.
    pub preview: RwSignal<Load<IssuancePreview>>,
    made: RwSignal<Option<IssuedCertificate>>,
}

impl Make {
    fn submit(self) {
        if !self.ready() {
            return;
        }
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

    /// Whether it is one of these kinds.
    pub fn is(self, kinds: &'static [Kind]) -> Signal<bool> {
        Signal::derive(move || kinds.contains(&self.draft.kind.get()))
    }

    fn ready(self) -> bool {
        self.prospect.with(|prospect| prospect.faults.is_empty())
    }

    /// What the page says against a member of the body, beneath its field.
    pub fn said(self, pointer: &'static str) -> Signal<Option<Note>> {
        Signal::derive(move || self.prospect.with(|prospect| prospect.fault(pointer)).map(Note::bad))
    }

    /// The same of several members that stand in one field.
    pub fn said_of(self, pointers: &'static [&'static str]) -> Signal<Option<Note>> {
        Signal::derive(move || self.prospect.with(|prospect| pointers.iter().find_map(|pointer| prospect.fault(pointer))).map(Note::bad))
    }

    /// Whether the server refused something that stands among the advanced fields.
    pub fn refused_within(self) -> bool {
        ADVANCED.iter().any(|pointer| self.submission.faults.at(pointer).is_some())
    }

    /// The CA that signs, by its name.
    pub fn issuer_name(self) -> Option<String> {
        let issuer = self.draft.issuer.get();
        self.app.certificates.rows.with(|rows| rows.iter().find(|row| row.entry.fingerprint_sha256 == issuer).map(|row| row.name.clone()))
    }

    /// The algorithm of the key that is there.
    pub fn key_words(self) -> String {
        key_words(self.draft, self.keys)
    }

    /// Asks what a CA of the database would sign, once nobody types any more.
    fn foretell(self, turn: StoredValue<u32>) {
        let body = self.draft.issued();
        let signed = matches!(self.draft.kind.get(), Kind::Issued | Kind::Request) && !self.draft.issuer.with(String::is_empty);
        let mine = turn.get_value() + 1;
        turn.set_value(mine);
        if !signed || !self.ready() {
            self.preview.set(Load::Waiting);
            return;
        }
        let ask = move || {
            if turn.try_get_value() == Some(mine) {
                let (reader, id) = (page_client(), self.db.get_value());
                load(self.app, self.preview, async move { reader.preview_issue(&id, &body).await });
            }
        };
        set_timeout(ask, PAUSE);
    }
}

/// `/databases/:db/make`.
pub fn make_page(db: String, issuer: String) -> View {
    let app = use_app();
    let draft = Draft::new(issuer);
    let keys = RwSignal::new(Load::Waiting);
    let page = Make {
        app,
        db: StoredValue::new(db),
        draft,
        submission: Submission::new(),
        keys,
        prospect: Memo::new(move |_| Prospect::of(draft, key_algorithm(draft, keys), clock::at(app.now.get()))),
        preview: RwSignal::new(Load::Waiting),
        made: RwSignal::new(None),
    };
    let (reader, id) = (page_client(), page.db.get_value());
    load(app, keys, async move { reader.keys(&id).await });
    let turn = StoredValue::new(0_u32);
    effect(move || page.foretell(turn));
    app.keyboard.register(vec![Command::new("Ctrl+Enter", "Make the certificate", "New certificate", move || page.submit())]);
    browser::focus_soon(ids::MAKE_NAMES);
    let back = Place::Certificates(page.db.get_value()).path();
    let waiting = move || {
        page.prospect
            .with(|prospect| !prospect.faults.is_empty())
            .then(|| view! { <span class="note cut">"See beside what is missing"</span> })
    };
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <form class="pane-form" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); page.submit(); }>
                    <div class="pane-head"><h2>"New certificate"</h2><span class="push"><a class="btn plain" href=back>"Cancel"</a></span></div>
                    <div class="pane-body">{fields::form(page)}</div>
                    <div class="pane-foot actions">{page.submission.button("certificate", "Make the certificate", Signal::derive(move || page.ready()))}{waiting}</div>
                </form>
            </main>
            <aside class="pane quiet" aria-label="Preview">
                <div class="pane-head"><h2>{move || if page.made.with(Option::is_some) { "Made" } else { "What it will say" }}</h2></div>
                <div class="pane-body">
                    {move || locked(app).then(|| view! { <section class="sect stack"><h3>"Unlock the database"</h3>{unlock_form(app, Callback::new(|()| ()))}</section> })}
                    {move || match page.made.get() { Some(issued) => made(&page.db.get_value(), issued), None => summary::summary(page) }}
                </div>
                {glass(move || stands_for(page.draft))}
            </aside>
        </div>
    }
}

/// Whether the database must be unlocked first.
pub(super) fn locked(app: App) -> bool {
    app.database().is_some_and(|database| database.token.login_required && !database.token.unlocked)
}

/// The algorithm of the key that is there, in words.
fn key_words(draft: Draft, keys: RwSignal<Load<Vec<Key>>>) -> String {
    let chosen = draft.key_id();
    match keys.get() {
        Load::Ready(keys) => keys.into_iter().find(|key| Some(&key.id) == chosen.as_ref()).map(|key| key.algorithm).unwrap_or_default(),
        Load::Waiting | Load::Failed(_) => String::new(),
    }
}

/// As usages are chosen by it.
fn key_algorithm(draft: Draft, keys: RwSignal<Load<Vec<Key>>>) -> &'static str {
    let present = draft.key_id().is_some();
    let rsa = if present { key_words(draft, keys).starts_with("RSA") } else { draft.key.with(|key| key.starts_with("rsa")) };
    if rsa { "RSA" } else { "EC" }
}

fn stands_for(draft: Draft) -> Action {
    match draft.kind.get() {
        Kind::SelfSigned | Kind::Root => Action::CreateSelfSigned { body: draft.self_signed() },
        Kind::Issued | Kind::Request => Action::IssueCertificate { body: draft.issued() },
    }
}
