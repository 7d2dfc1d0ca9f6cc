//! The rail of areas.

use crate::view::*;

use crate::components::icon::icon;
use crate::ids;
use crate::place::Place;
use crate::state::{App, browser};

/// Areas: those of the database first, those of the console at the end. A narrow window has those of class `main` at its lower edge, and all of
/// them as a sheet above it.
pub fn rail(app: App) -> View {
    let open = RwSignal::new(false);
    let close = move || {
        if open.get_untracked() {
            open.set(false);
            browser::focus(ids::MORE_AREAS);
        }
    };
    let toggle = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        open.update(|open| *open = !*open);
        if open.get_untracked() {
            browser::focus_soon(ids::FIRST_AREA);
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.prevent_default();
            close();
        }
    };
    let of_database =
        move |name: &'static str, picture: &'static str, key: &'static str, place: fn(String) -> Place, here: fn(&Place) -> bool| {
            let href = move || app.selected.get().map_or_else(|| "/databases".to_owned(), |id| place(id).path());
            item(app, name, picture, key, if name == "Certs" { "main" } else { "" }, href, here)
        };
    view! {
        {when(move || open.get(), move || view! { <div class="veil" on:click=move |_| close()></div> })}
        <nav class=move || if open.get() { "rail is-open" } else { "rail" } aria-label="Areas" on:click=move |_| close() on:keydown=key>
            <a class="main" id=ids::FIRST_AREA href="/" title="Today (g y)" aria-current=move || app.place.with(|place| matches!(place, Place::Start)).then_some("page")>
                {icon("today")}
                "Today"
                {move || counted(app.urgent.get(), " urgent")}
            </a>
            {of_database("Certs", "certificate", "g c", Place::Certificates, |place| matches!(place, Place::Certificates(_) | Place::Certificate(..) | Place::Make(..) | Place::Renewal(..) | Place::Revocation(..) | Place::RevocationLists(_)))}
            {of_database("Import", "import", "g i", Place::Import, |place| matches!(place, Place::Import(_)))}
            {of_database("Requests", "request", "g r", Place::Requests, |place| matches!(place, Place::Requests(_) | Place::Request(..) | Place::NewRequest(_)))}
            {of_database("Keys", "key", "g k", Place::Keys, |place| matches!(place, Place::Keys(_)))}
            {of_database("Tokens", "locked", "g t", Place::Tokens, |place| matches!(place, Place::Tokens(_) | Place::Token(..)))}
            {of_database("Snapshots", "snapshot", "g h", Place::Snapshots, |place| matches!(place, Place::Snapshots(_)))}
            {item(app, "Services", "service", "g e", "push-down", || "/services".to_owned(), |place| matches!(place, Place::Services | Place::Service(_) | Place::CertificateMaps(_)))}
            {item(app, "Deploy", "deploy", "g d", "", || "/deployments".to_owned(), |place| matches!(place, Place::Deployments | Place::Deployment(_) | Place::Plan(_) | Place::Probe))}
            {item(app, "Watch", "watch", "g w", "main", || "/endpoints".to_owned(), |place| matches!(place, Place::Endpoints | Place::Endpoint(_)))}
            {item(app, "Notices", "bell", "g n", "main", || "/notices".to_owned(), |place| matches!(place, Place::Notices(_)))}
            {item(app, "Viewer", "file", "g v", "", || "/viewer".to_owned(), |place| matches!(place, Place::Viewer))}
            {item(app, "Activity", "activity", "g a", "", || "/activity".to_owned(), |place| matches!(place, Place::Activity))}
            {when(move || app.approvals.with(Option::is_some), move || view! {
                <a href="/approvals" title="Approvals (g p)" aria-current=move || app.place.with(|place| *place == Place::Approvals).then_some("page")>
                    {icon("group")}
                    "Approvals"
                    {move || counted(app.approvals.get().unwrap_or_default(), " wait for you")}
                </a>
            })}
            {item(app, "Settings", "settings", "g s", "", || "/settings".to_owned(), |place| matches!(place, Place::Settings))}
            <button class="more" id=ids::MORE_AREAS type="button" aria-expanded=move || open.get().to_string() on:click=toggle>{icon("more")}"More"</button>
        </nav>
    }
}

/// How much needs a hand now; nothing where all is well.
fn counted(count: usize, words: &'static str) -> Option<View> {
    let shown = if count > 99 { "99+".to_owned() } else { count.to_string() };
    (count > 0).then(|| view! { <b>{shown}<span class="sr">{words}</span></b> })
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
