//! One database: what it is, what to look at, and what can be done with it.

use crate::view::*;
use certdeck_shared::api::database::{Database, DatabaseFormat, DatabaseState};
use certdeck_shared::api::role::{Right, Subject};

use super::actions::{forget_form, lock_button, rename_form, unlock_form};
use super::list::{format_words, lock_of, state_of};
use crate::chunks::{self, lazy_part};
use crate::components::data::facts::{fact, fact_code, fact_view, facts};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::submission::back_to_list;
use crate::components::icon::icon;
use crate::place::Place;
use crate::state::{App, clock};

/// The pane of one database.
pub fn detail(app: App, database: Database, pushed: RwSignal<bool>) -> View {
    let id = database.id.clone();
    let admin = app.may(Right::Administrate);
    let link = |place: Place, symbol: &'static str, words: &'static str, class: &'static str| {
        view! { <a class=class href=place.path()>{icon(symbol)}{words}</a> }
    };
    let readable = !matches!(database.state, DatabaseState::Unusable { .. });
    view! {
        <aside class="pane" aria-label="Database">
            <div class="pane-head">{back_to_list(pushed)}<h2 class="cut">{database.label.clone()}</h2><span class="tag mono">{format_words(database.format)}</span></div>
            <div class="pane-body">
                <section class="sect stack">
                    {verdict(&database)}
                    {readable.then(|| view! {
                        <div class="row wrap">
                            {link(Place::Certificates(id.clone()), "certificate", "Certificates", "btn primary")}
                            {link(Place::Import(id.clone()), "import", "Import", "btn")}
                            {link(Place::NewRequest(id.clone()), "request", "New request", "btn")}
                            {link(Place::RevocationLists(id.clone()), "file", "Revocation lists", "btn")}
                            {admin.then(|| match database.format {
                                DatabaseFormat::Sql => link(Place::Merge(id.clone()), "down", "Merge another in", "btn"),
                                DatabaseFormat::Dbm => link(Place::Conversion(id.clone()), "renew", "Convert to cert9.db", "btn"),
                            })}
                        </div>
                    })}
                    {database.warnings.iter().map(|words| callout("warn", words.clone())).collect::<Vec<_>>()}
                </section>
                <section class="sect">{about(&database)}</section>
                {(readable && app.may_to(Right::Prepare, Subject::Database(&id))).then(|| lock_section(app, &database))}
                {(readable && database.format == DatabaseFormat::Sql).then(|| {
                    let database = database.clone();
                    lazy_part(move || chunks::password_section(database.clone(), admin))
                })}
                {admin.then(|| {
                    let database = database.clone();
                    lazy_part(move || chunks::files_section(database.clone()))
                })}
                {admin.then(|| rename_form(app, &database))}
                {(admin && !database.embedded).then(|| forget_form(app, &database))}
            </div>
            {glass(|| Action::ShowDatabase)}
        </aside>
    }
}

fn verdict(database: &Database) -> View {
    match &database.state {
        DatabaseState::Usable => {
            let words = match (database.certificates, database.keys) {
                (Some(certificates), Some(keys)) => {
                    format!(", {certificates} certificate{} and {keys} private key{}", plural(certificates), plural(keys))
                }
                _ => String::new(),
            };
            view! { <p class="verdict ok">{crate::components::icon::glyph("ok")}<span><b>"Readable and writable"</b>{words}</span></p> }
        }
        DatabaseState::ReadOnly { reason } => callout("warn", view! { <b>"Read-only. "</b>{reason.clone()} }),
        DatabaseState::Unusable { reason } => callout("bad", view! { <b>"Unusable. "</b>{reason.clone()} }),
    }
}

fn plural(number: usize) -> &'static str {
    if number == 1 { "" } else { "s" }
}

fn about(database: &Database) -> View {
    let owner = format!("{}:{}", database.owner, database.group);
    let mut rows = vec![fact_code("Directory", database.path.clone())];
    if !database.prefix.is_empty() {
        rows.push(fact_code("Prefix", database.prefix.clone()));
    }
    let format = match database.format {
        DatabaseFormat::Sql => "cert9.db, key4.db, pkcs11.txt (SQLite)",
        DatabaseFormat::Dbm => "cert8.db, key3.db, secmod.db (Berkeley DB), never written",
    };
    rows.extend([
        fact("Format", format),
        fact("Owner", owner),
        fact_code("Mode", database.mode.clone()),
        fact("Token", database.token.label.clone()),
        fact_view("State", String::new(), view! { {state_of(database)} }),
        fact("Registered", clock::exact(database.registered_at)),
        fact_code("Id", database.id.clone()),
    ]);
    facts(vec![("", rows)])
}

fn lock_section(app: App, database: &Database) -> View {
    let content = match (database.token.login_required, database.token.unlocked) {
        (false, _) => callout("warn", "The token has no password: who can read the files can use the keys."),
        (true, true) => lock_button(app, database),
        (true, false) => unlock_form(app, database),
    };
    view! { <section class="sect stack"><div class="sect-head"><h3>"Lock"</h3><span class="push small">{lock_of(database)}</span></div>{content}</section> }
}
