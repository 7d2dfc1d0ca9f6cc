//! `/databases`: every database the console knows, and the selected one beside it.

use crate::view::*;
use certdeck_shared::api::database::{Database, DatabaseFormat, DatabaseState};
use certdeck_shared::api::role::Right;

use super::detail::detail;
use crate::components::feedback::{empty, failure, skeleton};
use crate::components::icon::{hint, icon, state};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, use_app};

/// `/databases`.
pub fn databases_page() -> View {
    let app = use_app();
    app.refresh_databases();
    let chosen = RwSignal::new(app.selected.get_untracked());
    // Below 860 px the detail comes over the list.
    let pushed = RwSignal::new(false);
    let step = move |by: isize| {
        let ids: Vec<String> =
            app.databases.with_untracked(|databases| databases.iter().flatten().map(|database| database.id.clone()).collect());
        let here = chosen.with_untracked(|chosen| ids.iter().position(|id| Some(id) == chosen.as_ref()));
        let next = here.map_or(0, |here| here.saturating_add_signed(by).min(ids.len().saturating_sub(1)));
        if let Some(id) = ids.get(next) {
            chosen.set(Some(id.clone()));
        }
    };
    let open = move || {
        if let Some(id) = chosen.get_untracked() {
            app.go(&Place::Certificates(id));
        }
    };
    let admin = app.may(Right::Administrate);
    let mut commands = vec![
        Command::new("j", "Next database", "Databases", move || step(1)),
        Command::new("k", "Previous database", "Databases", move || step(-1)),
        Command::new("Enter", "Open its certificates", "Databases", open),
    ];
    if admin {
        commands.push(Command::new("n", "Create a database", "Databases", move || app.go(&Place::NewDatabase)));
        commands.push(Command::new("o", "Register a database", "Databases", move || app.go(&Place::RegisterDatabase)));
    }
    app.keyboard.register(commands);
    let selected = Memo::new(move |_| {
        app.databases.with(|databases| {
            let databases = databases.as_ref()?;
            let wanted = chosen.with(|chosen| databases.iter().find(|database| Some(&database.id) == chosen.as_ref()));
            wanted.or(databases.first()).cloned()
        })
    });
    view! {
        <div class="panes list-detail" class:is-pushed=pushed>
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Databases"</h2>
                    {admin.then(|| view! {
                        <span class="push row tight">
                            <a class="btn" href="/databases/register">{icon("database")}"Register"<kbd aria-hidden="true">"o"</kbd></a>
                            <a class="btn primary" href="/databases/new">{icon("plus")}"Create"<kbd aria-hidden="true">"n"</kbd></a>
                        </span>
                    })}
                </div>
                <div class="scroll">{move || table(app, chosen, pushed, selected)}</div>
                <div class="pane-foot">{hint("j k", "move")}{hint("Enter", "certificates")}{admin.then(|| view! { {hint("n", "create")}{hint("o", "register")} })}</div>
            </main>
            {move || selected.get().map(|database| detail(app, database, pushed))}
        </div>
    }
}

fn table(app: App, chosen: RwSignal<Option<String>>, pushed: RwSignal<bool>, selected: Memo<Option<Database>>) -> View {
    let Some(databases) = app.databases.get() else {
        return match app.databases_error.get() {
            Some(words) => failure("The databases could not be read", words, Some(Callback::new(move |()| app.refresh_databases()))),
            None => skeleton(4),
        };
    };
    if databases.is_empty() {
        if !app.may(Right::Administrate) {
            return empty("No database for you yet", "Administrators register databases, and grant who may look at them.", View::nothing());
        }
        let actions = view! { <a class="btn primary" href="/databases/new">"Create one"</a><a class="btn" href="/databases/register">"Register a directory"</a> };
        return empty(
            "No database yet",
            "A database is a directory with cert9.db and key4.db, or the older cert8.db and key3.db.",
            actions,
        );
    }
    let rows: Vec<_> = databases.into_iter().map(|database| row(database, chosen, pushed, selected)).collect();
    view! {
        <table class="grid rows dbs">
            <thead><tr>
                <th scope="col">"State"</th><th scope="col">"Name"</th><th scope="col">"Directory"</th><th scope="col">"Format"</th>
                <th scope="col" class="num">"Certs"</th><th scope="col" class="num">"Keys"</th><th scope="col">"Token"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(database: Database, chosen: RwSignal<Option<String>>, pushed: RwSignal<bool>, selected: Memo<Option<Database>>) -> View {
    let id = database.id.clone();
    let here = {
        let id = id.clone();
        move || selected.with(|selected| selected.as_ref().is_some_and(|selected| selected.id == id)).to_string()
    };
    let href = Place::Certificates(id.clone()).path();
    let place = place_of(&database.path, &database.prefix);
    let count = |count: Option<usize>| count.map_or_else(|| "none".to_owned(), |count| count.to_string());
    view! {
        <tr aria-selected=here on:click=move |_| { chosen.set(Some(id.clone())); pushed.set(true); }>
            <td class="r-state">{state_of(&database)}</td>
            <td class="r-name"><a href=href>{database.label.clone()}</a>{database.embedded.then(|| view! { " "<span class="tag">"embedded"</span> })}</td>
            <td class="r-sub"><code title=place.clone()>{place}</code></td>
            <td class="r-wide">{format_words(database.format)}</td>
            <td class="num r-wide">{count(database.certificates)}</td>
            <td class="num r-wide">{count(database.keys)}</td>
            <td class="r-end">{lock_of(&database)}</td>
        </tr>
    }
}

/// State as shape, word and colour.
pub fn state_of(database: &Database) -> View {
    match (&database.state, database.warnings.is_empty()) {
        (DatabaseState::Unusable { .. }, _) => state("expired", "bad", "Unusable"),
        (DatabaseState::ReadOnly { .. }, _) => state("due", "warn", "Read-only"),
        (DatabaseState::Usable, false) => state("soon", "warn", "Look"),
        (DatabaseState::Usable, true) => state("ok", "ok", "Usable"),
    }
}

/// Whether the token is locked.
pub fn lock_of(database: &Database) -> View {
    let (symbol, words) = match (database.token.login_required, database.token.unlocked) {
        (false, _) => ("unlocked", "No password"),
        (true, true) => ("unlocked", "Unlocked"),
        (true, false) => ("locked", "Locked"),
    };
    view! { <span class="row tight muted">{icon(symbol)}{words}</span> }
}

/// Directory and prefix: `/alias/slapd-host-*`.
pub fn place_of(path: &str, prefix: &str) -> String {
    if prefix.is_empty() { path.to_owned() } else { [path, "/", prefix, "*"].concat() }
}

/// The format by its files.
pub fn format_words(format: DatabaseFormat) -> &'static str {
    match format {
        DatabaseFormat::Sql => "cert9.db",
        DatabaseFormat::Dbm => "cert8.db",
    }
}
