//! One's own account: password, sessions, and how the page takes keys.

use crate::view::*;
use certdeck_shared::api::account::UserChange;
use certdeck_shared::password;

use crate::components::data::facts::{fact, facts};
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::pages::gate::{again_field, password_field};
use crate::state::session::SessionState;
use crate::state::{App, clock};
use crate::transport::client;

/// Who one is, and the way out.
pub fn account(app: App) -> View {
    let Some(session) = app.session.with_untracked(|state| state.session().cloned()) else { return View::nothing() };
    let mut about = vec![fact("Signed in as", session.user_name.clone()), fact("May", session.grants.to_string())];
    about.extend(session.expires_at.map(|end| fact("Session ends", format!("{} when idle", clock::exact(end)))));
    let everywhere = Submission::new();
    let out = move |_| everywhere.run(async move { client().sign_out_everywhere().await }, move |()| app.session.set(SessionState::Absent));
    view! {
        <section class="sect stack">
            <h3>"Your account"</h3>
            {facts(vec![("", about)])}
            {everywhere.faults.callout()}
            <div class="row wrap">
                <button class="btn" type="button" on:click=move |_| app.sign_out()>{icon("out")}"Sign out"</button>
                <button class="btn danger" type="button" disabled=everywhere.busy on:click=out>"Sign out everywhere"</button>
            </div>
            <p class="note">"Everywhere ends all sessions of this account, this one too. API tokens stay good."</p>
        </section>
    }
}

/// A new password for oneself.
pub fn password(app: App) -> View {
    let Some(name) = app.session.with_untracked(|state| state.session().map(|session| session.user_name.clone())) else {
        return View::nothing();
    };
    let current = RwSignal::new(String::new());
    let secret = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let submission = Submission::new();
    let user = name.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let user = user.clone();
        let change = UserChange { password: Some(secret.get_untracked()), current_password: Some(current.get_untracked()), grants: None };
        submission.run(async move { client().change_user(&user, &change).await }, move |_| {
            for field in [current, secret, again] {
                field.set(String::new());
            }
            app.announce("Password changed. All other sessions of the account have ended.");
        });
    };
    let said = name.clone();
    let ready = Signal::derive(move || {
        !current.get().is_empty() && secret.get() == again.get() && password::weakness(&secret.get(), &name).is_none()
    });
    view! {
        <section class="sect">
            <h3>"Your password"</h3>
            <form class="stack narrow" on:submit=submit>
                <input class="sr" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly value=said.clone()/>
                {Field::password(ids::PASSWORD, "Present password", current, "current-password").faults(submission.faults, "/current_password").view()}
                {password_field("New password", secret, Signal::stored(said), submission)}
                {again_field(secret, again)}
                {submission.faults.callout()}
                <div class="row">{submission.button("check", "Change password", ready)}</div>
                <p class="note" role="status">"Changing it ends all other sessions of the account."</p>
            </form>
        </section>
    }
}

/// Whether single letters are keys.
pub fn keys(app: App) -> View {
    let keyboard = app.keyboard;
    view! {
        <section class="sect stack">
            <h3>"Keyboard"</h3>
            <label class="check">
                <input type="checkbox" class="cb" prop:checked=move || keyboard.single_letters.get() on:change=move |event| keyboard.set_single_letters(event_target_checked(&event))/>
                <span>"Single letters are keys"</span>
                <span class="note">"They rest while you type in a field. Remembered in this browser."</span>
            </label>
        </section>
    }
}
