//! `/databases/register`: a directory that already holds a database; those found on the host are offered.

use crate::view::*;
use certdeck_shared::api::database::{FoundDatabase, NewDatabase};
use certdeck_shared::api::paths;

use super::list::format_words;
use crate::components::data::glass::{Glass, curl, glass, line, quoted};
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
    let label = RwSignal::new(String::new());
    let submission = Submission::new();
    let found = RwSignal::new(Load::Waiting);
    let search = move || {
        let reader = page_client();
        load(app, found, async move { reader.found_databases().await });
    };
    search();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let label = Some(label.get_untracked().trim().to_owned()).filter(|label| !label.is_empty());
        let body = NewDatabase::Register { path: path.get_untracked().trim().to_owned(), label };
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
    let choose = Callback::new(move |chosen: String| {
        path.set(chosen);
        browser::focus(ids::DATABASE_PATH);
    });
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <form class="pane-form" on:submit=submit>
                    <div class="pane-head"><h2>"Register a database"</h2><a class="btn plain push" href="/databases">"Cancel"</a></div>
                    <div class="pane-body">
                        <section class="sect"><div class="form">
                            {Field::text(ids::DATABASE_PATH, "Directory on the server", path).placeholder("/etc/pki/nssdb").hint("It holds cert9.db and key4.db, or cert8.db and key3.db.").note(note).faults(submission.faults, "/path").required().view()}
                            {Field::text(ids::DATABASE_LABEL, "Name for people", label).hint("The last part of the path when empty.").faults(submission.faults, "/label").view()}
                            {submission.faults.callout()}
                        </div></section>
                        <section class="sect"><p class="note">"Registering reads the directory and changes nothing on disk. Certificates show at once; keys need the password only when they are used. Changes that certutil makes meanwhile show up by themselves."</p></section>
                    </div>
                    <div class="pane-foot actions">{submission.button("database", "Register", ready)}</div>
                </form>
            </main>
            <aside class="pane quiet" aria-label="Found on this host">
                <div class="pane-head"><h2>"Found on this host"</h2></div>
                <div class="pane-body">{loaded(found, 3, Callback::new(move |()| search()), move |found| list(found, choose))}</div>
                {glass(Memo::new(move |_| lines(&path.get())))}
            </aside>
        </div>
    }
}

fn list(found: Vec<FoundDatabase>, choose: Callback<String>) -> View {
    if found.is_empty() {
        return empty("None found", "The usual places hold no database. Type the directory instead.", View::nothing());
    }
    let rows: Vec<_> = found
        .into_iter()
        .map(|found| {
            let path = found.path.clone();
            let end = if found.registered {
                state("ok", "ok", "Registered")
            } else {
                view! { <button class="btn" type="button" aria-label=format!("Choose {path}") on:click=move |_| choose.run(path.clone())>"Choose"</button> }
            };
            view! { <li>{icon("database")}<span><code class="break">{found.path}</code><span class="note">{format_words(found.format)}</span></span>{end}</li> }
        })
        .collect();
    view! { <ul class="found">{rows}</ul> }
}

fn lines(path: &str) -> Glass {
    let path = if path.trim().is_empty() { "/path" } else { path.trim() };
    let body = serde_json::to_string(&NewDatabase::Register { path: path.to_owned(), label: None }).unwrap_or_default();
    Glass {
        title: "Stands for".to_owned(),
        commands: vec![line(format!("certutil -L -d {}", quoted(path)))],
        rest: vec![line(curl("GET", paths::FOUND_DATABASES, None)), line(curl("POST", paths::DATABASES, Some(&body)))],
    }
}
