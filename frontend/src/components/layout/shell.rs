//! Bar across, rail left, panes right; palette and help above them.

use crate::view::*;

use super::palette::{Overlay, overlay};
use super::{bar, confirmation, rail};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, clock};

/// The frame of a signed-in user, and of the viewer.
pub fn shell(app: App, page: View) -> View {
    let open = RwSignal::new(None::<Overlay>);
    app.keyboard.register(commands(app, open));
    view! {
        <div class="shell">
            <p class="printed" aria-hidden="true">{move || printed(app)}</p>
            <a class="skip" href=["#", ids::MAIN].concat()>"To the content"</a>
            {bar::bar(app, open)}
            {rail::rail(app)}
            {page}
        </div>
        {overlay(app, open)}
        {confirmation::dialog(app)}
        <p class="sr" role="status" aria-live="polite">{move || app.announcement.get()}</p>
    }
}

/// What stands above a page on paper: which console, what, and when.
fn printed(app: App) -> String {
    let host = window().location().host().unwrap_or_default();
    ["Certdeck on ", &host, ", ", app.place.get().title(), ", ", &clock::exact(clock::at(app.now.get()))].concat()
}

fn commands(app: App, open: RwSignal<Option<Overlay>>) -> Vec<Command> {
    let of_database = move |place: fn(String) -> Place| {
        move || {
            if let Some(id) = app.selected.get_untracked() {
                app.go(&place(id));
            }
        }
    };
    let mut commands = vec![
        Command::new("Ctrl+K", "Find or run a command", "Everywhere", move || open.set(Some(Overlay::Palette))),
        Command::new("?", "Show all keys", "Everywhere", move || open.set(Some(Overlay::Help))),
        Command::new("`", "Open or close the command line", "Everywhere", move || app.glass.update(|open| *open = !*open)),
        Command::new("g y", "Go to what needs a hand today", "Go", move || app.go(&Place::Start)),
        Command::new("g c", "Go to certificates", "Go", of_database(Place::Certificates)),
        Command::new("g i", "Go to import", "Go", of_database(Place::Import)),
        Command::new("g r", "Go to requests", "Go", of_database(Place::Requests)),
        Command::new("g k", "Go to keys", "Go", of_database(Place::Keys)),
        Command::new("g t", "Go to tokens", "Go", of_database(Place::Tokens)),
        Command::new("g l", "Go to revocation lists", "Go", of_database(Place::RevocationLists)),
        Command::new("g h", "Go to snapshots", "Go", of_database(Place::Snapshots)),
        Command::new("g b", "Go to databases", "Go", move || app.go(&Place::Databases)),
        Command::new("g e", "Go to services", "Go", move || app.go(&Place::Services)),
        Command::new("g d", "Go to deployments", "Go", move || app.go(&Place::Deployments)),
        Command::new("g w", "Go to endpoints", "Go", move || app.go(&Place::Endpoints)),
        Command::new("g n", "Go to notices", "Go", move || app.go(&Place::Notices(String::new()))),
        Command::new("g m", "Go to certificate maps", "Go", move || app.go(&Place::CertificateMaps(String::new()))),
        Command::new("g v", "Look into a file", "Go", move || app.go(&Place::Viewer)),
        Command::new("g a", "Go to activity", "Go", move || app.go(&Place::Activity)),
        Command::new("g p", "Go to approvals", "Go", move || app.go(&Place::Approvals)),
        Command::new("g s", "Go to settings", "Go", move || app.go(&Place::Settings)),
        Command::new("", "Switch between light and dark", "Everywhere", move || bar::toggle_theme(app)),
        Command::new("", "Print this page", "Everywhere", || drop(window().print())),
        Command::new("", "Sign out", "Everywhere", move || app.sign_out()),
    ];
    commands.push(Command::new("", "New database", "Go", move || app.go(&Place::NewDatabase)));
    commands.push(Command::new("", "Register a database", "Go", move || app.go(&Place::RegisterDatabase)));
    commands.push(Command::new("", "New request", "Go", of_database(Place::NewRequest)));
    commands
}
