//! `/`: what needs a hand, the databases to go on with, and the ways to begin.

use crate::view::*;
use certdeck_shared::api::database::{Database, FoundDatabase};
use certdeck_shared::api::role::Right;

use super::frame::{Way, ghost};
use crate::components::form::submission::{Load, load};
use crate::components::icon::{icon, state};
use crate::ids;
use crate::pages::today::today;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, use_app};
use crate::transport::client;

/// `/`.
pub fn start_page() -> View {
    let app = use_app();
    let found = RwSignal::new(Load::Waiting);
    let admin = Memo::new(move |_| app.may(Right::Administrate));
    effect(move || {
        // What lies on this host is told to those who may open it.
        if admin.get() {
            load(app, found, async move { client().found_databases().await });
        }
    });
    let embedded = Signal::derive(move || {
        app.databases.with(|databases| databases.as_ref()?.iter().find(|database| database.embedded).map(|database| database.id.clone()))
    });
    let go_embedded = move || {
        if let Some(id) = embedded.get_untracked() {
            app.go(&Place::Certificates(id));
        }
    };
    let to_administrators = move |place: Place| {
        if admin.get_untracked() {
            app.go(&place);
        }
    };
    app.keyboard.register(vec![
        Command::new("o", "Open a database", "Begin", move || to_administrators(Place::RegisterDatabase)),
        Command::new("n", "Create a database", "Begin", move || to_administrators(Place::NewDatabase)),
        Command::new("e", "Look around in the embedded database", "Begin", go_embedded),
        Command::new("f", "Look into a file", "Begin", move || app.go(&Place::Viewer)),
    ]);
    let ways = ways(admin, found, embedded);
    view! {
        <div class="panes">
            <main class="pane quiet start" id=ids::MAIN tabindex="-1">
                <h1 class="sr">"Today"</h1>
                {today(app)}
                {move || registered(app)}
                {ghost("Where to begin", Signal::derive(move || words(app)), ways)}
            </main>
        </div>
    }
}

fn words(app: App) -> String {
    let own =
        app.databases.with(|databases| databases.as_ref().map(|databases| databases.iter().filter(|database| !database.embedded).count()));
    match own {
        Some(0) => "No database of this host is open yet. Open one and its certificates line up by the day they expire. Opening changes nothing on disk.",
        _ => "Open a database and its certificates line up by the day they expire. Opening changes nothing on disk.",
    }
    .to_owned()
}

fn ways(admin: Memo<bool>, found: RwSignal<Load<Vec<FoundDatabase>>>, embedded: Signal<Option<String>>) -> Vec<Way> {
    // The console refuses it to others; an address of nothing is a way that cannot be taken.
    let to_administrators = |place: Place| Signal::derive(move || admin.get().then(|| place.path()));
    vec![
        Way {
            icon: "database",
            title: "Open a database",
            words: Signal::derive(move || ["A directory with cert9.db or cert8.db. ", &found_words(&found.get())].concat()),
            key: "o",
            href: to_administrators(Place::RegisterDatabase),
        },
        Way {
            icon: "plus",
            title: "Create one",
            words: "An empty cert9.db and key4.db; owner, modes and password files included.".to_owned().into(),
            key: "n",
            href: to_administrators(Place::NewDatabase),
        },
        Way {
            icon: "search",
            title: "Look around in the embedded one",
            words: "The console's own database, with the certificate of this page.".to_owned().into(),
            key: "e",
            href: Signal::derive(move || embedded.get().map(|id| Place::Certificates(id).path())),
        },
        Way {
            icon: "file",
            title: "Look into a file",
            words: "Drop a PEM, DER or PKCS#7. It is read in this page and sent nowhere.".to_owned().into(),
            key: "f",
            href: Signal::stored(Some(Place::Viewer.path())),
        },
    ]
}

fn found_words(found: &Load<Vec<FoundDatabase>>) -> String {
    let Load::Ready(found) = found else { return String::new() };
    match found.iter().filter(|found| !found.registered).count() {
        0 => "None was found in the usual places.".to_owned(),
        1 => "One was found on this host.".to_owned(),
        count => format!("{count} were found on this host."),
    }
}

/// The databases that are open, as links into their certificates.
fn registered(app: App) -> Option<View> {
    let databases = app.databases.get()?;
    let own: Vec<Database> = databases.into_iter().filter(|database| !database.embedded).collect();
    if own.is_empty() {
        return None;
    }
    let rows: Vec<_> = own
        .into_iter()
        .map(|database| {
            let href = Place::Certificates(database.id.clone()).path();
            let count = database.certificates.map_or_else(|| state("expired", "bad", "Not readable"), |count| format!("{count} certificates").into_view());
            view! {
                <a href=href>{icon("database")}<b>{database.label}</b><span class="note"><code>{database.path}</code></span><span class="push note">{count}</span></a>
            }
        })
        .collect();
    Some(
        view! { <section class="ghost center solid" aria-label="Open databases"><h2>"Go on with"</h2><div class="ways">{rows}</div></section> },
    )
}
