//! What can be done with one database: unlock, lock, rename, forget.

use crate::view::*;
use certdeck_shared::api::database::{Database, DatabaseChange, TokenLogin};

use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::state::App;
use crate::transport::client;

/// By password, or by a file on the server that holds it.
pub fn unlock_form(app: App, database: &Database) -> View {
    let (id, token) = (database.id.clone(), database.token.id.clone());
    let by_file = RwSignal::new(false);
    let value = RwSignal::new(String::new());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (id, token) = (id.clone(), token.clone());
        let given = Some(value.get_untracked());
        let login = if by_file.get_untracked() {
            TokenLogin { password: None, password_file: given }
        } else {
            TokenLogin { password: given, password_file: None }
        };
        submission.run(async move { client().unlock(&id, &token, &login).await }, move |_| {
            value.set(String::new());
            app.announce("Unlocked");
            app.refresh_databases();
        });
    };
    let field = move || {
        if by_file.get() {
            Field::text(ids::DATABASE_PASSWORD, "Password file on the server", value)
                .placeholder("/etc/certdeck/password.txt")
                .hint("The password alone, or lines of sslpassword.conf.")
                .faults(submission.faults, "/password_file")
                .view()
        } else {
            Field::password(ids::DATABASE_PASSWORD, "Password of the database", value, "off")
                .hint("Kept in memory until you lock it. Reading needs none.")
                .faults(submission.faults, "/password")
                .view()
        }
    };
    let choose = move |file: bool| {
        value.set(String::new());
        submission.faults.clear();
        by_file.set(file);
    };
    view! {
        <form class="stack" on:submit=submit>
            <div class="seg">
                <button type="button" aria-pressed=move || (!by_file.get()).to_string() on:click=move |_| choose(false)>"Password"</button>
                <button type="button" aria-pressed=move || by_file.get().to_string() on:click=move |_| choose(true)>"Password file"</button>
            </div>
            {field}
            {submission.faults.callout()}
            <div class="row">{submission.button("unlocked", "Unlock", Signal::derive(move || !value.get().is_empty()))}</div>
        </form>
    }
}

/// Ends the login.
pub fn lock_button(app: App, database: &Database) -> View {
    let (id, token) = (database.id.clone(), database.token.id.clone());
    let submission = Submission::new();
    let lock = move |_| {
        let (id, token) = (id.clone(), token.clone());
        submission.run(async move { client().lock(&id, &token).await }, move |()| {
            app.announce("Locked");
            app.refresh_databases();
        });
    };
    view! {
        <p class="note">"The console holds the login. Keys can be made and used until you lock it."</p>
        {submission.faults.callout()}
        <button class="btn" type="button" disabled=submission.busy on:click=lock>{icon("locked")}"Lock"</button>
    }
}

/// Another name for people.
pub fn rename_form(app: App, database: &Database) -> View {
    let id = database.id.clone();
    let before = database.label.clone();
    let label = RwSignal::new(database.label.clone());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let id = id.clone();
        let change = DatabaseChange { label: label.get_untracked().trim().to_owned() };
        submission.run(async move { client().change_database(&id, &change).await }, move |_| {
            app.announce("Renamed");
            app.refresh_databases();
        });
    };
    let ready = Signal::derive(move || label.with(|label| !label.trim().is_empty() && label.trim() != before));
    view! {
        <section class="sect">
            <h3>"Name"</h3>
            <form class="stack" on:submit=submit>
                {Field::text(ids::DATABASE_LABEL, "Name for people", label).hint("The directory keeps its name.").faults(submission.faults, "/label").view()}
                {submission.faults.callout()}
                <div class="row">{plain_submit(submission, "Rename", ready)}</div>
            </form>
        </section>
    }
}

/// Asks once more, then forgets it.
pub fn forget_form(app: App, database: &Database) -> View {
    let id = database.id.clone();
    let path = database.path.clone();
    let asked = RwSignal::new(false);
    let submission = Submission::new();
    let forget = Callback::new(move |()| {
        let id = id.clone();
        submission.run(async move { client().forget_database(&id).await }, move |()| {
            app.announce("Forgotten. Nothing on disk changed.");
            app.selected.set(None);
            app.refresh_databases();
        });
    });
    let content = move || {
        if asked.get() {
            view! {
                <p class="note">"Nothing on disk changes: "<code>{path.clone()}</code>" stays as it is and can be registered again. The console forgets its snapshots list, pending requests and login."</p>
                {submission.faults.callout()}
                <div class="row">
                    <button class="btn danger" type="button" disabled=submission.busy on:click=move |_| forget.run(())>"Forget it"</button>
                    <button class="btn plain" type="button" on:click=move |_| asked.set(false)>"Keep it"</button>
                </div>
            }
        } else {
            view! {
                <p class="note">"Takes it off this list. Nothing on disk changes."</p>
                <button class="btn danger" type="button" on:click=move |_| asked.set(true)>"Forget"</button>
            }
        }
    };
    view! { <section class="sect stack"><h3>"Forget"</h3>{content}</section> }
}

/// A button that sends and is not the main one of its pane.
pub fn plain_submit(submission: Submission, words: &'static str, ready: Signal<bool>) -> View {
    view! { <button class="btn" type="submit" disabled=move || submission.busy.get() || !ready.get()>{words}</button> }
}
