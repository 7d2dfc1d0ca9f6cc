//! What the page knows: session, databases, certificates, staged trust, theme, keys. One `App`, provided at the root.

pub mod address;
pub mod browser;
pub mod browser_key;
pub mod certificates;
pub mod clock;
pub mod confirmation;
pub mod events;
pub mod filter;
pub mod keyboard;
pub mod list;
pub mod passkeys;
pub mod row;
pub mod session;
pub mod staged;
pub mod theme;
pub mod verifier;

use crate::view::*;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::database::Database;
use certdeck_shared::api::problem::ProblemCode;
use leptos::task::spawn_local;

use crate::place::Place;
use crate::transport::client;

/// Everything pages share. Cheap to copy: signals only.
#[derive(Clone, Copy)]
pub struct App {
    /// Who is signed in.
    pub session: RwSignal<session::SessionState>,
    /// Registered databases; `None` until the first answer.
    pub databases: RwSignal<Option<Vec<Database>>>,
    /// Why the databases could not be read.
    pub databases_error: RwSignal<Option<String>>,
    /// Id of the database one works in: that of the address, else the last one.
    pub selected: RwSignal<Option<String>>,
    /// Its certificates.
    pub certificates: certificates::CertificateStore,
    /// How the list of certificates is looked at.
    pub list: list::ListState,
    /// Trust changes not yet applied.
    pub staged: staged::Staged,
    /// Light, dark, or as the system says.
    pub theme: RwSignal<theme::Theme>,
    /// Commands and keys.
    pub keyboard: keyboard::Keyboard,
    /// The second the page takes for now; moves each minute.
    pub now: RwSignal<i64>,
    /// Where one is.
    pub place: RwSignal<Place>,
    /// Set to go somewhere.
    pub destination: RwSignal<Option<String>>,
    /// The last event of the server, for pages that follow jobs or lists of their own.
    pub event: RwSignal<Option<certdeck_shared::api::event::Event>>,
    /// The last event that only one page understands, as JSON.
    pub told: RwSignal<Option<std::sync::Arc<str>>>,
    /// How many things need a hand now.
    pub urgent: RwSignal<usize>,
    /// How many requests for approval wait for whoever is signed in; `None` where no second person is asked for anything.
    pub approvals: RwSignal<Option<usize>>,
    /// What was just done, for readers of the screen.
    pub announcement: RwSignal<String>,
    /// Whether the command drawer is open.
    pub glass: RwSignal<bool>,
    /// Why a call asks again who one is, while it does.
    pub asking: confirmation::Asking,
    /// What NSS would say.
    pub verifier: verifier::Verifier,
}

impl App {
    /// A page that knows nothing yet.
    pub fn new() -> Self {
        let certificates = certificates::CertificateStore::new();
        let now = RwSignal::new(clock::now());
        Self {
            session: RwSignal::new(session::SessionState::Unknown),
            databases: RwSignal::new(None),
            databases_error: RwSignal::new(None),
            selected: RwSignal::new(browser::stored("database")),
            certificates,
            list: list::ListState::new(certificates, now),
            staged: staged::Staged::new(),
            theme: RwSignal::new(theme::Theme::stored()),
            keyboard: keyboard::Keyboard::new(),
            now,
            place: RwSignal::new(Place::Start),
            destination: RwSignal::new(None),
            event: RwSignal::new(None),
            told: RwSignal::new(None),
            urgent: RwSignal::new(0),
            approvals: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
            glass: RwSignal::new(false),
            asking: confirmation::begin(),
            verifier: verifier::Verifier::new(),
        }
    }

    /// Goes to a place.
    pub fn go(self, place: &Place) {
        self.destination.set(Some(place.path()));
    }

    /// Says to screen readers what was done.
    pub fn announce(self, words: impl Into<String>) {
        self.announcement.set(words.into());
    }

    /// The database one works in.
    pub fn database(self) -> Option<Database> {
        let selected = self.selected.get()?;
        self.databases.with(|databases| databases.as_ref()?.iter().find(|database| database.id == selected).cloned())
    }

    /// Reads the list of databases again.
    pub fn refresh_databases(self) {
        spawn_local(async move {
            match client().databases().await {
                Ok(databases) => {
                    let known = self
                        .selected
                        .with_untracked(|id| id.as_ref().is_some_and(|id| databases.iter().any(|database| database.id == *id)));
                    if !known && self.place.with_untracked(|place| place.database().is_none()) {
                        self.selected.set(databases.first().map(|database| database.id.clone()));
                    }
                    self.databases_error.set(None);
                    self.databases.set(Some(databases));
                }
                Err(error) => {
                    self.note_error(&error);
                    self.databases_error.set(Some(error.to_string()));
                }
            }
        });
    }

    /// Looks at an error for what concerns the whole page: an ended session leads to the gate.
    pub fn note_error(self, error: &ClientError) {
        if error.code() == Some(ProblemCode::NotSignedIn) {
            self.session.set(session::SessionState::Absent);
        }
    }
}

/// The page's state.
pub fn use_app() -> App {
    expect_context::<App>()
}
