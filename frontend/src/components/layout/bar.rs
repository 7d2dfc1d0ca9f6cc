//! The bar: brand, database, lock, commands, theme, user.

use crate::view::*;
use certdeck_shared::api::database::{Database, DatabaseFormat};

use super::palette::Overlay;
use super::unlock::lock_state;
use crate::components::icon::{icon, keys};
use crate::place::Place;
use crate::state::{App, browser};

/// The bar across the page.
pub fn bar(app: App, open: RwSignal<Option<Overlay>>) -> View {
    view! {
        <header class="bar">
            <a class="brand" href="/" aria-label="Certdeck, begin"><svg viewBox="0 0 24 24" aria-hidden="true"><use href="#brand"></use></svg></a>
            {switcher(app)}
            {lock_state(app)}
            <button class="cmd push" type="button" aria-label="Find or run a command" on:click=move |_| open.set(Some(Overlay::Palette))>
                {icon("search")}<span>"Find or run a command"</span><span class="push">{keys("Ctrl+K")}</span>
            </button>
            <button class="btn plain icon" type="button" aria-label="Light or dark" title="Light or dark" on:click=move |_| toggle_theme(app)>{icon("theme")}</button>
            {move || app.session.with(|state| state.session().map(|session| user(app, session.user_name.clone())))}
        </header>
    }
}

/// Shows the other theme.
pub fn toggle_theme(app: App) {
    let theme = app.theme.get_untracked().toggled();
    theme.apply();
    app.theme.set(theme);
}

fn user(app: App, name: String) -> View {
    menu(
        "menu-end",
        view! { <span class="small muted wide">{name.clone()}</span><span class="narrow-only">{icon("user")}</span> },
        ["Account of ", &name].concat(),
        move || {
            view! {
                <a role="menuitem" href="/settings">{icon("settings")}"Settings"</a>
                <button role="menuitem" type="button" on:click=move |_| app.sign_out()>{icon("out")}"Sign out"</button>
            }
        },
    )
}

/// A button that opens a menu under it; choosing, Escape and a click elsewhere close it.
pub fn menu(class: &'static str, button: View, label: String, items: impl Fn() -> View + Send + Sync + 'static) -> View {
    let open = RwSignal::new(false);
    let away = window_event_listener(leptos::ev::click, move |_| {
        if open.get_untracked() {
            open.set(false);
        }
    });
    on_cleanup(move || away.remove());
    let toggle = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        open.update(|open| *open = !*open);
    };
    let key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.prevent_default();
            open.set(false);
        }
    };
    view! {
        <div class=["menu-of ", class].concat() on:keydown=key>
            <button class="switcher" type="button" aria-haspopup="menu" aria-label=label aria-expanded=move || open.get().to_string() on:click=toggle>{button}</button>
            {when(move || open.get(), move || view! { <div class="menu" role="menu">{items()}</div> })}
        </div>
    }
}

fn switcher(app: App) -> View {
    let current = Memo::new(move |_| app.database());
    let button = view! {
        <span class="wide">{icon("database")}</span>
        <span class="cut">{move || current.with(|database| database.as_ref().map_or_else(|| "No database".to_owned(), |database| database.label.clone()))}</span>
        {move || current.with(|database| database.as_ref().map(|database| view! { <span class="tag mono wide">{file_name(database)}</span> }))}
        {icon("down")}
    };
    menu("menu-start", button, "Database".to_owned(), move || {
        let databases = app.databases.get().unwrap_or_default();
        let items: Vec<View> = databases.into_iter().map(|database| item(app, database)).collect();
        view! {
            {items}
            <hr/>
            <a role="menuitem" href=Place::Databases.path()>{icon("database")}"All databases"</a>
            <a role="menuitem" href=Place::NewDatabase.path()>{icon("plus")}"Create one"</a>
            <a role="menuitem" href=Place::RegisterDatabase.path()>{icon("import")}"Register a directory"</a>
        }
    })
}

fn item(app: App, database: Database) -> View {
    let here = app.selected.with_untracked(|selected| selected.as_deref() == Some(&database.id));
    let count = database.certificates.map(|count| count.to_string()).unwrap_or_default();
    let id = database.id.clone();
    view! {
        <a role="menuitem" href=Place::Certificates(database.id.clone()).path() aria-current=here.then_some("true") on:click=move |_| browser::remember("database", Some(&id))>
            {icon(if database.token.login_required && !database.token.unlocked { "locked" } else { "database" })}
            <span class="cut"><b>{database.label}</b><span class="note cut">{database.path}</span></span>
            <span class="push faint small">{count}</span>
        </a>
    }
}

/// The file that holds the certificates.
pub fn file_name(database: &Database) -> &'static str {
    match database.format {
        DatabaseFormat::Sql => "cert9.db",
        DatabaseFormat::Dbm => "cert8.db",
    }
}
