//! The page: the lists on the left, import beside them.

use certdeck_shared::api::revocation::{StoredList, StoredLists};

use super::import::{Import, import};
use super::list::the_list;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::empty;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::ids;
use crate::place::Place;
use crate::state::{App, browser, use_app};
use crate::transport::{client, page_client};
use crate::view::*;

/// What the page holds.
#[derive(Clone, Copy)]
pub struct Page {
    /// The app.
    pub app: App,
    /// The database.
    pub db: StoredValue<String>,
    slot: RwSignal<Load<StoredLists>>,
    serial: RwSignal<String>,
    /// The serial number whose entries are shown.
    pub asked: RwSignal<String>,
    looking: Submission,
    /// A deletion.
    pub deleting: Submission,
    /// The list whose deletion waits for its confirmation.
    pub doomed: RwSignal<String>,
}

impl Page {
    /// Reads the lists anew.
    pub fn read(self) {
        let (db, asked) = (self.db.get_value(), self.asked.get_untracked());
        let reader = page_client();
        load(self.app, self.slot, async move { reader.stored_lists(&db, Some(asked.as_str()).filter(|asked| !asked.is_empty())).await });
    }

    /// The database has changed: everything that says something of validity is read anew.
    pub fn changed(self, words: &'static str) {
        self.app.announce(words);
        self.app.refresh_databases();
        self.app.certificates.refresh(self.app);
        self.read();
    }

    fn look_up(self) {
        let (db, serial) = (self.db.get_value(), self.serial.get_untracked().trim().to_owned());
        let asked = serial.clone();
        let call = async move { client().stored_lists(&db, Some(serial.as_str()).filter(|serial| !serial.is_empty())).await };
        self.looking.run(call, move |lists| {
            self.asked.set(asked);
            self.slot.set(Load::Ready(lists));
        });
    }

    /// Deletes a list.
    pub fn delete(self, fingerprint: String) {
        let db = self.db.get_value();
        self.deleting.run(async move { client().delete_list(&db, &fingerprint).await }, move |()| {
            self.doomed.set(String::new());
            self.changed("The list is deleted");
        });
    }

    /// What the page is about to do: import, deletion, else the look at the lists.
    fn stands_for(self, beside: Import) -> Action {
        if beside.is_begun() {
            return Action::ImportRevocationList { unverified: beside.unverified() };
        }
        let list = self.doomed.get();
        if list.is_empty() {
            return Action::ListRevocationLists { serial_number: Some(self.asked.get()).filter(|asked| !asked.is_empty()) };
        }
        let issuers = self.slot.with(|slot| match slot {
            Load::Ready(lists) => lists.lists.iter().find(|one| one.fingerprint_sha256 == list).map(|one| one.issuer_certificates.clone()),
            _ => None,
        });
        let authority = issuers.and_then(|issuers| self.app.certificates.row(issuers.first()?)).and_then(|row| row.entry.nickname.clone());
        Action::DeleteRevocationList { list, authority }
    }

    /// Saves a list as a file.
    pub fn save(self, list: &StoredList) {
        let (db, fingerprint, name) = (self.db.get_value(), list.fingerprint_sha256.clone(), list.issuer.clone());
        leptos::task::spawn_local(async move {
            match client().export_stored_list(&db, &fingerprint).await {
                Ok(bytes) => browser::download(&browser::file_name(&name, "crl"), "application/pkix-crl", &bytes),
                Err(error) => self.app.note_error(&error),
            }
        });
    }
}

/// `/databases/:db/crls`.
pub fn revocation_lists_page(db: String) -> View {
    let app = use_app();
    let page = Page {
        app,
        db: StoredValue::new(db),
        slot: RwSignal::new(Load::Waiting),
        serial: RwSignal::new(String::new()),
        asked: RwSignal::new(String::new()),
        looking: Submission::new(),
        deleting: Submission::new(),
        doomed: RwSignal::new(String::new()),
    };
    page.read();
    let back = page.db.with_value(|db| Place::Certificates(db.clone()).path());
    let beside = Import::new(page);
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><a class="btn plain icon" href=back aria-label="Back to the certificates">{icon("back")}</a>
                    <h2>"Revocation lists"</h2><span class="note wide-only">"that lie in this database; NSS looks nowhere else by itself"</span></div>
                <div class="pane-body">
                    <form class="sect row wrap ends" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); page.look_up(); }>
                        {Field::text(ids::LISTS_SERIAL, "Look a serial number up", page.serial).hint("Decimal, or 0x and hex. Empty shows the lists alone.").faults(page.looking.faults, "?serial_number").view()}
                        {page.looking.button("search", "Look up", Signal::stored(true))}
                    </form>
                    {page.deleting.faults.callout()}
                    {loaded(page.slot, 3, Callback::new(move |()| page.read()), move |lists| all(page, &lists))}
                </div>
                {glass(move || page.stands_for(beside))}
            </main>
            {import(beside)}
        </div>
    }
}

fn all(page: Page, lists: &StoredLists) -> View {
    if lists.lists.is_empty() {
        let words = "Nothing in this database is revoked for NSS. Import a list that a CA publishes, or revoke a certificate of a CA whose key is here.";
        return empty("No revocation lists", words, View::nothing());
    }
    let views: Vec<View> = lists.lists.iter().map(|list| the_list(page, list)).collect();
    view! { <div>{views}</div> }
}
