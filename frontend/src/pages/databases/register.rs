//! `/databases/register`: a directory that already holds a database; those found on the host are offered.

use crate::view::*;
use certdeck_shared::api::database::{FoundDatabase, NewDatabase};

use super::list::{format_words, place_of};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::empty;
use crate::components::form::field::{Field, Note};
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{icon, state};
use crate::ids;
use crate::place::Place;
use crate::state::{browser, use_app};
use crate::transport::{client, page_client};

/// `/databases/register`.
pub fn register_database_page() -> View {
    let app = use_app();
    let path = RwSignal::new(String::new());
    let prefix = RwSignal::new(String::new());
    let label = RwSignal::new(String::new());
    let submission = Submission::new();
    let found = RwSignal::new(Load::Waiting);
    // Where `found` was looked for; nothing for the usual places.
    let looked = RwSignal::new(None::<String>);
    let search = move |directory: Option<String>| {
        let reader = page_client();
        looked.set(directory.clone());
        load(app, found, async move {
            match directory {
                Some(directory) => reader.found_databases_in(&directory).await,
                None => reader.found_databases().await,
            }
        });
    };
    search(None);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let label = Some(label.get_untracked().trim().to_owned()).filter(|label| !label.is_empty());
        let body = register(&path.get_untracked(), &prefix.get_untracked(), label);
        submission.run(async move { client().add_database(&body).await }, move |database| {
            app.announce("Registered");
            app.refresh_databases();
            app.go(&Place::Certificates(database.id));
        });
    };
    let note = Signal::derive(move || {
        let path = path.get();
        (!path.is_empty() && !path.trim().starts_with('/')).then(|| Note::warn("An absolute path, beginning with /."))
    });
    let ready = Signal::derive(move || path.with(|path| path.trim().starts_with('/')));
    browser::focus_soon(ids::DATABASE_PATH);
    let choose = Callback::new(move |chosen: FoundDatabase| {
        path.set(chosen.path);
        prefix.set(chosen.prefix);
        browser::focus(ids::DATABASE_PATH);
    });
    let look = move |_| search(Some(path.get_untracked().trim().to_owned()));
    let title = move || if looked.with(Option::is_some) { "Found in the directory" } else { "Found on this host" };
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <form class="pane-form" on:submit=submit>
                    <div class="pane-head"><h2>"Register a database"</h2><a class="btn plain push" href="/databases">"Cancel"</a></div>
                    <div class="pane-body">
                        <section class="sect"><div class="form">
                            {Field::text(ids::DATABASE_PATH, "Directory on the server", path).placeholder("/etc/pki/nssdb").hint("It holds cert9.db and key4.db, or cert8.db and key3.db.").note(note).faults(submission.faults, "/path").required().view()}
                            {Field::text(ids::DATABASE_PREFIX, "Prefix of its files", prefix).class("field f3").placeholder("none").hint("slapd-host- of slapd-host-cert8.db; several databases of one directory have each their own.").faults(submission.faults, "/prefix").view()}
                            {Field::text(ids::DATABASE_LABEL, "Name for people", label).hint("The last part of the path when empty.").faults(submission.faults, "/label").view()}
                            {submission.faults.callout()}
                        </div></section>
                        <section class="sect"><p class="note">"Registering reads the directory and changes nothing on disk. Certificates show at once; keys need the password only when they are used. Changes that certutil makes meanwhile show up by themselves."</p></section>
                    </div>
                    <div class="pane-foot actions">{submission.button("database", "Register", ready)}<button class="btn" type="button" disabled=move || !ready.get() on:click=look>{icon("search")}"Look into the directory"</button></div>
                </form>
            </main>
            <aside class="pane quiet" aria-label="Found on this host">
                <div class="pane-head"><h2>{title}</h2>{move || looked.with(Option::is_some).then(|| view! { <button class="btn plain push" type="button" on:click=move |_| search(None)>"Usual places"</button> })}</div>
                <div class="pane-body">{loaded(found, 3, Callback::new(move |()| search(looked.get_untracked())), move |found| list(found, choose))}</div>
                {glass(move || Action::CreateDatabase { body: register(&path.get(), &prefix.get(), None) })}
            </aside>
        </div>
    }
}

/// What registers a directory.
fn register(path: &str, prefix: &str, label: Option<String>) -> NewDatabase {
    let prefix = Some(prefix.trim().to_owned()).filter(|prefix| !prefix.is_empty());
    NewDatabase::Register { path: path.trim().to_owned(), prefix, label }
}

fn list(found: Vec<FoundDatabase>, choose: Callback<FoundDatabase>) -> View {
    if found.is_empty() {
        return empty("None found", "No database is there. Type another directory.", View::nothing());
    }
    let rows: Vec<_> = found
        .into_iter()
        .map(|found| {
            let (place, chosen) = (place_of(&found.path, &found.prefix), found.clone());
            let label = ["Choose ", &place].concat();
            let end = if found.registered {
                state("ok", "ok", "Registered")
            } else {
                view! { <button class="btn" type="button" aria-label=label on:click=move |_| choose.run(chosen.clone())>"Choose"</button> }
            };
            view! { <li>{icon("database")}<span><code class="break">{place}</code><span class="note">{format_words(found.format)}</span></span>{end}</li> }
        })
        .collect();
    view! { <ul class="found">{rows}</ul> }
}
