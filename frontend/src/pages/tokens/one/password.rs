//! The password of the token, changed together with the lines of password files that hold it.

use crate::view::*;
use certdeck_shared::api::module::PinState;
use certdeck_shared::api::password::TokenPasswordChange;

use super::super::pin::takes_login;
use super::page::Page;
use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note};
use crate::components::form::submission::Load;
use crate::ids;
use crate::transport::client;

/// A button, and the form.
pub fn section(page: Page) -> View {
    let takes = move || page.token.with(|token| matches!(token, Load::Ready(token) if takes_login(token) && token.pin != PinState::Locked));
    let told = RwSignal::new(String::new());
    let content = move || {
        if page.is_open("password") {
            return form(page, told);
        }
        let done = (!told.with(String::is_empty)).then(|| callout("ok", told.get()));
        view! { {done}<div class="row"><button class="btn" type="button" disabled=move || !takes() on:click=move |_| page.show("password")>"Change the password"</button></div> }
    };
    view! {
        <section class="sect stack" aria-label="Password">
            <div class="sect-head"><h3>"Password"</h3></div>
            {content}
        </section>
    }
}

fn form(page: Page, told: RwSignal<String>) -> View {
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (db, id) = (page.db.get_value(), page.id.get_value());
        let change = TokenPasswordChange { current_password: current.get_untracked(), new_password: new.get_untracked() };
        page.submission.run(async move { client().change_token_password(&db, &id, &change).await }, move |changed| {
            let files = changed.changed_files;
            told.set(if files.is_empty() {
                "Changed. No password file beside the database had it.".to_owned()
            } else {
                ["Changed, and in ", &files.join(", "), "."].concat()
            });
            page.close();
            page.app.announce("Password changed");
            page.read();
        });
    };
    let same = Signal::derive(move || {
        let differs = !again.with(String::is_empty) && again.get() != new.get();
        differs.then(|| Note::bad("The two are not the same."))
    });
    let ready = Signal::derive(move || !current.with(String::is_empty) && !new.with(String::is_empty) && new.get() == again.get());
    let faults = page.submission.faults;
    view! {
        <form class="ask" on:submit=submit>
            <p class="note">"Lines in password files beside the database that hold it change with it: all of them, or nothing. A wrong present password is counted by the token."</p>
            {Field::password(ids::TOKEN_CURRENT, "Present password", current, "off").faults(faults, "/current_password").required().view()}
            {Field::password(ids::TOKEN_NEW, "New password", new, "new-password").faults(faults, "/new_password").required().view()}
            {Field::password(ids::TOKEN_AGAIN, "New password again", again, "new-password").note(same).required().view()}
            {faults.callout()}
            <div class="row">{page.submission.button("check", "Change", ready)}<button class="btn plain" type="button" on:click=move |_| page.close()>"Cancel"</button></div>
        </form>
    }
}
