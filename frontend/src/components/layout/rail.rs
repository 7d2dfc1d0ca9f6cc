//! The rail of areas.

use crate::view::*;

use crate::components::icon::icon;
use crate::place::Place;
use crate::state::App;

/// Areas: those of the database first, those of the console at the end.
pub fn rail(app: App) -> View {
    let of_database =
        move |name: &'static str, picture: &'static str, key: &'static str, place: fn(String) -> Place, here: fn(&Place) -> bool| {
            let href = move || app.selected.get().map_or_else(|| "/databases".to_owned(), |id| place(id).path());
            item(app, name, picture, key, "", href, here)
        };
    view! {
        <nav class="rail" aria-label="Areas">
            {item(app, "Today", "today", "g y", "wide-only", || "/".to_owned(), |place| matches!(place, Place::Start))}
            {of_database("Certs", "certificate", "g c", Place::Certificates, |place| matches!(place, Place::Certificates(_) | Place::Certificate(..) | Place::Make(..) | Place::Renewal(..) | Place::Revocation(..) | Place::RevocationLists(_)))}
            {of_database("Import", "import", "g i", Place::Import, |place| matches!(place, Place::Import(_)))}
            {of_database("Requests", "request", "g r", Place::Requests, |place| matches!(place, Place::Requests(_) | Place::Request(..) | Place::NewRequest(_)))}
            {of_database("Keys", "key", "g k", Place::Keys, |place| matches!(place, Place::Keys(_)))}
            {of_database("Tokens", "locked", "g t", Place::Tokens, |place| matches!(place, Place::Tokens(_) | Place::Token(..)))}
            {of_database("Snapshots", "snapshot", "g h", Place::Snapshots, |place| matches!(place, Place::Snapshots(_)))}
            {item(app, "Services", "service", "g e", "push-down", || "/services".to_owned(), |place| matches!(place, Place::Services | Place::Service(_) | Place::CertificateMaps(_)))}
            {item(app, "Deploy", "deploy", "g d", "", || "/deployments".to_owned(), |place| matches!(place, Place::Deployments | Place::Deployment(_) | Place::Plan(_) | Place::Probe))}
            {item(app, "Watch", "watch", "g w", "", || "/endpoints".to_owned(), |place| matches!(place, Place::Endpoints | Place::Endpoint(_)))}
            {item(app, "Notices", "bell", "g n", "wide-only", || "/notices".to_owned(), |place| matches!(place, Place::Notices(_)))}
            {item(app, "Viewer", "file", "g v", "wide-only", || "/viewer".to_owned(), |place| matches!(place, Place::Viewer))}
            {item(app, "Activity", "activity", "g a", "wide-only", || "/activity".to_owned(), |place| matches!(place, Place::Activity))}
            {item(app, "Settings", "settings", "g s", "", || "/settings".to_owned(), |place| matches!(place, Place::Settings))}
        </nav>
    }
}

fn item(
    app: App,
    name: &'static str,
    picture: &'static str,
    key: &'static str,
    class: &'static str,
    href: impl Fn() -> String + Send + 'static,
    here: fn(&Place) -> bool,
) -> View {
    view! {
        <a class=class href=href title=[name, " (", key, ")"].concat() aria-current=move || app.place.with(here).then_some("page")>
            {icon(picture)}
            {name}
        </a>
    }
}
