//! A list comes in: it is looked at first, with what it would do to the certificates of the database.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::revocation::ImportedList;
use certdeck_shared::api::validation::{Simulation, SimulationResult};
use certdeck_shared::detect;
use wasm_bindgen::JsCast;

use super::page::Page;
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::trust::changes::changes;
use crate::ids;
use crate::state::{browser, clock};
use crate::transport::client;
use crate::view::*;

/// The form.
#[derive(Clone, Copy)]
pub struct Import {
    page: Page,
    text: RwSignal<String>,
    file: RwSignal<Option<(String, Vec<u8>)>>,
    unverified: RwSignal<bool>,
    seen: RwSignal<Option<(ImportedList, Option<SimulationResult>)>>,
    sending: Submission,
}

impl Import {
    /// Nothing chosen yet.
    pub fn new(page: Page) -> Self {
        Self {
            page,
            text: RwSignal::new(String::new()),
            file: RwSignal::new(None),
            unverified: RwSignal::new(false),
            seen: RwSignal::new(None),
            sending: Submission::new(),
        }
    }

    /// Whether there is something to import.
    pub fn is_begun(self) -> bool {
        self.file.with(Option::is_some) || self.text.with(|text| !text.trim().is_empty())
    }

    /// Whether a list comes in whose issuer is not here.
    pub fn unverified(self) -> bool {
        self.unverified.get()
    }

    /// A file goes before the text.
    fn bytes(self) -> Vec<u8> {
        let file = self.file.get_untracked().map(|(_, bytes)| bytes);
        file.unwrap_or_else(|| self.text.get_untracked().into_bytes())
    }

    fn look(self) {
        let (db, bytes, unverified) = (self.page.db.get_value(), self.bytes(), self.unverified.get_untracked());
        let call = async move {
            let lists: Vec<Base64> = detect::read(&bytes).crls.into_iter().map(|found| Base64(found.der)).collect();
            let seen = client().import_list(&db, bytes, true, unverified).await?;
            let trial = client().simulate(&db, &Simulation { revocation_lists: lists, ..Simulation::default() }).await.ok();
            Ok((seen, trial))
        };
        self.sending.run(call, move |seen| self.seen.set(Some(seen)));
    }

    fn send(self) {
        let (db, bytes, unverified) = (self.page.db.get_value(), self.bytes(), self.unverified.get_untracked());
        self.sending.run(async move { client().import_list(&db, bytes, false, unverified).await }, move |_| {
            self.forget();
            self.text.set(String::new());
            self.file.set(None);
            self.page.changed("The list is in the database");
        });
    }

    fn forget(self) {
        self.seen.set(None);
        self.sending.faults.clear();
    }
}

/// The pane of the form.
pub fn import(form: Import) -> View {
    let chosen = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
        form.forget();
        leptos::task::spawn_local(async move {
            if let Some(bytes) = browser::read_file(&file).await {
                form.file.set(Some((file.name(), bytes)));
            }
        });
    };
    effect(move || {
        form.text.track();
        form.forget();
    });
    let ready = Signal::derive(move || form.is_begun());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if form.seen.with_untracked(Option::is_some) {
            form.send();
        } else {
            form.look();
        }
    };
    let foot = move || {
        if form.seen.with(Option::is_some) {
            view! { {form.sending.button("import", "Import it", ready)}<button class="btn" type="button" on:click=move |_| form.forget()>"Not now"</button> }
        } else {
            form.sending.button("search", "Look at it", ready)
        }
    };
    view! {
        <aside class="pane quiet" aria-label="Import a list">
            <form class="pane-form" on:submit=submit>
                <div class="pane-head"><h2>"Import a list"</h2></div>
                <div class="pane-body"><section class="sect stack">
                    <div class="field"><label class="lab" for=ids::LISTS_FILE>"File: DER or PEM"</label>
                        <input id=ids::LISTS_FILE class="file" type="file" on:change=chosen/></div>
                    {Field::area(ids::LISTS_TEXT, "Or paste", form.text, 5).placeholder("-----BEGIN X509 CRL-----").view()}
                    <label class="row tight"><input class="cb" type="checkbox" prop:checked=form.unverified on:change=move |event| { form.unverified.set(event_target_checked(&event)); form.forget(); }/>
                        <span>"Also when its issuer is not in this database"</span></label>
                    <p class="note">"It takes the place of the list that its issuer has here. What NSS would not heed is refused. Nothing is written before you have seen what it does."</p>
                    {form.sending.faults.callout()}
                    {move || form.seen.get().map(|(seen, trial)| outlook(&seen, trial))}
                </section></div>
                <div class="pane-foot actions">{foot}</div>
            </form>
        </aside>
    }
}

/// What it is and what it would do.
fn outlook(seen: &ImportedList, trial: Option<SimulationResult>) -> View {
    let list = &seen.list;
    let place = if seen.replaced.is_some() { " It takes the place of the list that is here." } else { "" };
    let words = [
        &list.issuer,
        ", made on ",
        &clock::exact(list.this_update),
        ": revokes ",
        &list.revoked_count.to_string(),
        ", of them ",
        &list.revoked_here.len().to_string(),
        " in this database.",
        place,
    ]
    .concat();
    view! { {callout("live", words)}{trial.map(|trial| changes(&trial))} }
}
