//! The root: state, address, and the page of each place.

use leptos::prelude::*;

use crate::components::layout::shell::Shell;
use crate::ids;
use crate::pages;
use crate::place::Place;
use crate::state::{App, address, clock};

/// Starts the page.
pub fn start() {
    if let Some(note) = document().get_element_by_id(ids::LOADING) {
        note.remove();
    }
    leptos::mount::mount_to_body(Root);
}

#[component]
fn Root() -> impl IntoView {
    let app = App::new();
    provide_context(app);
    here(app)
}

/// Starts what follows the address, the session and the clock.
fn here(app: App) -> impl IntoView {
    address::follow(app);
    Effect::new(move |_| {
        let place = app.place.get();
        document().set_title(&format!("{} · Certdeck", place.title()));
        if let Some(database) = place.database()
            && app.selected.with_untracked(|selected| selected.as_deref() != Some(database))
        {
            crate::state::browser::remember("database", Some(database));
            app.selected.set(Some(database.to_owned()));
        }
    });
    app.certificates.follow(app);
    app.follow_session();
    app.resume();
    clock::start(app);
    app.keyboard.listen();
    let gate = Memo::new(move |_| app.place.with(Place::is_gate));
    move || if gate.get() { page(app).into_any() } else { view! { <Shell>{page(app)}</Shell> }.into_any() }
}

/// The page of the present place. List and detail of certificates are one page to the eye: what they share lives in the state.
fn page(app: App) -> impl IntoView + use<> {
    // Walking from certificate to certificate keeps the page: it reads the fingerprint by itself.
    let shown = Memo::new(move |_| match app.place.get() {
        Place::Certificate(db, _) => Place::Certificate(db, String::new()),
        place => place,
    });
    move || match shown.get() {
        Place::Start => pages::gate::StartPage().into_any(),
        Place::Setup => pages::gate::SetupPage().into_any(),
        Place::SignIn => pages::gate::SignInPage().into_any(),
        Place::Databases => pages::databases::DatabasesPage().into_any(),
        Place::NewDatabase => pages::databases::NewDatabasePage().into_any(),
        Place::RegisterDatabase => pages::databases::RegisterDatabasePage().into_any(),
        Place::Certificates(db) => pages::certificates::list::list_page(db),
        Place::Certificate(db, _) => pages::certificates::detail::detail_page(db),
        Place::Import(db) => view! { <pages::import::ImportPage db/> }.into_any(),
        Place::Requests(db) => view! { <pages::requests::RequestsPage db/> }.into_any(),
        Place::NewRequest(db) => view! { <pages::requests::NewRequestPage db/> }.into_any(),
        Place::Request(db, id) => view! { <pages::requests::RequestPage db id/> }.into_any(),
        Place::Keys(db) => view! { <pages::keys::KeysPage db/> }.into_any(),
        Place::Snapshots(db) => view! { <pages::snapshots::SnapshotsPage db/> }.into_any(),
        Place::Viewer => pages::viewer::viewer_page(),
        Place::Activity => pages::activity::ActivityPage().into_any(),
        Place::Settings => pages::settings::SettingsPage().into_any(),
        Place::Unknown => pages::unknown::unknown_page(),
    }
}
