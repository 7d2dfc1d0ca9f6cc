//! A file that holds private keys: its password is asked, what is inside is shown, then it is imported.

use crate::view::*;
use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::keystore::{KeyOutcome, KeystoreImport, KeystoreKind, KeystoreReport};
use certdeck_shared::detect::{self, Detected};

use super::run::ways_on;
use super::table::disposition;
use crate::components::data::glass::Action;
use crate::components::feedback::callout;
use crate::components::feedback::undo::undo;
use crate::components::form::field::{Field, checkbox};
use crate::components::form::submission::Submission;
use crate::components::icon::{glyph, icon, state};
use crate::ids;
use crate::place::Place;
use crate::state::{App, browser};
use crate::transport::client;

/// What a text without a file is called.
const PASTED: &str = "Pasted text";

/// The file and what is known of it.
#[derive(Clone, Copy)]
pub struct KeyFile {
    app: App,
    db: StoredValue<String>,
    /// Name and bytes; nothing while no such file was chosen.
    file: RwSignal<Option<(String, Vec<u8>)>>,
    /// What kind of file it looks like, and whether certificates are in it for everyone to read.
    looks: RwSignal<(&'static str, bool)>,
    password: RwSignal<String>,
    key_password: RwSignal<String>,
    alone: RwSignal<bool>,
    report: RwSignal<Option<KeystoreReport>>,
    sending: Submission,
}

impl KeyFile {
    /// None chosen yet.
    pub fn new(app: App, db: &str) -> Self {
        Self {
            app,
            db: StoredValue::new(db.to_owned()),
            file: RwSignal::new(None),
            looks: RwSignal::new(("", false)),
            password: RwSignal::new(String::new()),
            key_password: RwSignal::new(String::new()),
            alone: RwSignal::new(false),
            report: RwSignal::new(None),
            sending: Submission::new(),
        }
    }

    /// Takes the file if it holds keys.
    pub fn takes(self, detected: &Detected, name: &str, bytes: &[u8]) -> bool {
        let kind = if detected.pkcs12 {
            "A PKCS#12 file: private keys and certificates, locked by a password."
        } else if detected.jks {
            "A key store of Java: private keys and certificates, locked by a password."
        } else if detected.keys.iter().any(|key| key.encrypted) {
            "There is a private key in it, locked by a password."
        } else if !detected.keys.is_empty() {
            "There is a private key in it that no password protects."
        } else {
            return false;
        };
        self.clear();
        self.looks.set((kind, !detected.certificates.is_empty()));
        self.file.set(Some((if name.is_empty() { PASTED.to_owned() } else { name.to_owned() }, bytes.to_vec())));
        browser::focus_soon(ids::KEY_FILE_PASSWORD);
        true
    }

    /// Whether there is one.
    pub fn is_chosen(self) -> bool {
        self.file.with(Option::is_some)
    }

    /// What its command lines are asked for.
    pub fn stands_for(self) -> Action {
        self.file.with(|file| {
            let (name, bytes) = file.clone().unwrap_or_default();
            let detected = detect::read(&bytes);
            let (kind, pasted) = match (detected.pkcs12, detected.jks) {
                (true, _) => (KeystoreKind::Pkcs12, "keys.p12"),
                (_, true) => (KeystoreKind::Jks, "keys.jks"),
                _ => (KeystoreKind::Keys, "keys.pem"),
            };
            let file = if name == PASTED { pasted.to_owned() } else { name };
            Action::ImportKeystore { file, kind }
        })
    }

    /// Forgets the file, and gives back what else is in it.
    pub fn give_up(self) -> Option<(Detected, String)> {
        let given = self.file.with_untracked(|file| file.as_ref().map(|(name, bytes)| (detect::read(bytes), name.clone())));
        self.clear();
        given
    }

    /// Forgets file and passwords.
    pub fn clear(self) {
        self.file.set(None);
        self.report.set(None);
        self.alone.set(false);
        for password in [self.password, self.key_password] {
            password.set(String::new());
        }
        self.sending.faults.clear();
    }

    fn body(self) -> KeystoreImport {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        KeystoreImport {
            file: Base64(self.file.with_untracked(|file| file.as_ref().map(|(_, bytes)| bytes.clone()).unwrap_or_default())),
            password: given(self.password.get_untracked()),
            key_password: given(self.key_password.get_untracked()),
            nicknames: Vec::new(),
            token: None,
            accept_keys_without_certificate: self.alone.get_untracked(),
        }
    }

    fn look(self) {
        let (db, body) = (self.db.get_value(), self.body());
        self.sending.run(async move { client().preview_keystore(&db, &body).await }, move |report| self.report.set(Some(report)));
    }

    fn apply(self) {
        let (db, body) = (self.db.get_value(), self.body());
        self.sending.run(async move { client().import_keystore(&db, &body).await }, move |report| {
            for password in [self.password, self.key_password] {
                password.set(String::new());
            }
            self.report.set(Some(report));
            self.app.announce("Imported");
            self.app.refresh_databases();
            self.app.certificates.refresh(self.app);
        });
    }

    /// Whether something would be written, and nothing stands in its way.
    fn ready(self) -> bool {
        self.report.with(|report| {
            report.as_ref().is_some_and(|report| {
                let refused = report.certificates.iter().any(|one| one.disposition.is_refused());
                let written =
                    report.certificates.iter().any(|one| one.disposition.is_written()) || report.keys.iter().any(|key| !key.present);
                let lonely = report.keys.iter().any(|key| key.certificates.is_empty());
                !report.applied && !refused && written && (!lonely || self.alone.get())
            })
        })
    }
}

/// What Ctrl+Enter does.
pub fn go_on(file: KeyFile) {
    if untrack(move || file.ready()) {
        file.apply();
    } else if file.report.with_untracked(Option::is_none) {
        file.look();
    }
}

/// The file on the page; `locked` asks for the password of the database where that is what is missing.
pub fn key_file(
    file: KeyFile,
    again: Callback<()>,
    certificates_only: Callback<()>,
    locked: impl Fn(Submission) -> Option<View> + Copy + Send + Sync + 'static,
) -> View {
    let content = move || match file.report.get() {
        None => closed(file, certificates_only),
        Some(report) if report.applied => done(file, report, again),
        Some(report) => open(file, &report, locked),
    };
    view! { {content} }
}

/// Nobody has looked inside yet: what it is, and its passwords.
fn closed(file: KeyFile, certificates_only: Callback<()>) -> View {
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        file.look();
    };
    let name = file.file.with_untracked(|file| file.as_ref().map(|(name, _)| name.clone()).unwrap_or_default());
    let (looks, readable) = file.looks.get_untracked();
    let faults = file.sending.faults;
    let others = readable.then(|| {
        view! { <button class="btn" type="button" on:click=move |_| certificates_only.run(())>"Only its certificates"</button> }
    });
    view! {
        <form class="asking" on:submit=submit><div class="form">
            <h3 class="break">{name}</h3>
            <p>{looks}</p>
            {Field::password(ids::KEY_FILE_PASSWORD, "Password of the file", file.password, "off").hint("Empty if it has none.").faults(faults, "/password").view()}
            {Field::password(ids::KEY_FILE_KEY_PASSWORD, "Password of the keys in it", file.key_password, "off").hint("Only where they have another than the file.").faults(faults, "/key_password").view()}
            {faults.callout()}
            <div class="row wrap">{file.sending.button("search", "Look inside", Signal::derive(|| true))}{others}</div>
            <p class="note">"File and password go to the console, over this connection only. Nothing is written before you have seen what is inside."</p>
        </div></form>
    }
}

fn open(file: KeyFile, report: &KeystoreReport, locked: impl Fn(Submission) -> Option<View> + Send + Sync + 'static) -> View {
    let kind = match report.kind {
        KeystoreKind::Pkcs12 => "PKCS#12",
        KeystoreKind::Jks => "JKS",
        KeystoreKind::Keys => "PEM or DER",
    };
    let mut about = vec![kind.to_owned()];
    about.extend(report.protections.iter().cloned());
    let lonely = report.keys.iter().any(|key| key.certificates.is_empty());
    let remarks = (!report.remarks.is_empty()).then(|| {
        let words: Vec<View> = report.remarks.iter().map(|words| view! { <p>{words.clone()}</p> }).collect();
        callout("warn", words)
    });
    view! {
        <section class="sect stack">
            <h3 class="break">{file.file.with_untracked(|file| file.as_ref().map(|(name, _)| name.clone()))}</h3>
            <p class="note">{about.join("; ")}</p>
            {remarks}
            {lonely.then(|| checkbox("Import keys without certificate", "No certificate belongs to a key in it, neither in the file nor here. Its certificate finds it later.", file.alone))}
            {file.sending.faults.callout()}
            {move || locked(file.sending)}
            <div class="row wrap">
                <button class="btn primary" type="button" disabled=move || !file.ready() || file.sending.busy.get() on:click=move |_| file.apply()>
                    {move || if file.sending.busy.get() { view! { <span class="spin">{glyph("running")}</span> } } else { icon("import") }}
                    "Import keys and certificates"<kbd aria-hidden="true">"Ctrl ↵"</kbd>
                </button>
            </div>
        </section>
        {inside(file, report)}
    }
}

fn done(file: KeyFile, report: KeystoreReport, again: Callback<()>) -> View {
    let db = file.db.get_value();
    let keys = report.keys.iter().filter(|key| !key.present).count();
    let written = report.certificates.iter().filter(|one| one.disposition.is_written()).count();
    let words = [
        keys.to_string(),
        if keys == 1 { " key, " } else { " keys, " }.to_owned(),
        written.to_string(),
        if written == 1 { " certificate" } else { " certificates" }.to_owned(),
    ]
    .concat();
    let table = inside(file, &report);
    let undo = report.snapshot.map(|snapshot| undo(file.app, db.clone(), snapshot, "Undo the import"));
    view! {
        <section class="sect stack" role="status">
            <p class="verdict ok">{glyph("ok")}<span><b>{words}</b>" imported"</span></p>
            {ways_on(&db, again)}
            {undo}
        </section>
        {table}
    }
}

/// Keys and certificates, line by line.
fn inside(file: KeyFile, report: &KeystoreReport) -> View {
    let db = file.db.get_value();
    let mut rows: Vec<View> = report.keys.iter().map(key_row).collect();
    rows.extend(report.certificates.iter().take(500).map(|outcome| {
        let (state, words) = disposition(outcome);
        let href = Place::Certificate(db.clone(), outcome.fingerprint_sha256.clone()).path();
        let name = outcome.nickname.clone();
        let name = if report.applied { view! { <a href=href>{name}</a> } } else { name.into_view() };
        view! { <tr><td class="r-state">{state}</td><td class="r-name">{name}</td><td class="r-sub">{outcome.subject.clone()}" "<span class="note">{words}</span></td><td class="r-end"><code>{outcome.trust.clone()}</code></td></tr> }
    }));
    view! {
        <table class="grid rows imported"><thead><tr><th scope="col">"Outcome"</th><th scope="col">"Name"</th><th scope="col">"What"</th><th scope="col">"Trust"</th></tr></thead><tbody>{rows}</tbody></table>
    }
}

fn key_row(key: &KeyOutcome) -> View {
    let (state, words) = match (key.present, key.certificates.is_empty()) {
        (true, _) => (state("dot", "off", "Already there"), "left alone"),
        (false, true) => (state("soon", "warn", "New"), "no certificate belongs to it"),
        (false, false) => (state("ok", "ok", "New"), "belongs to a certificate"),
    };
    let name = key.name.clone().unwrap_or_default();
    view! { <tr><td class="r-state">{state}</td><td class="r-name">{name}</td><td class="r-sub">"Private key, "{key.algorithm.clone()}" "<span class="note">{words}</span></td><td class="r-end"></td></tr> }
}
