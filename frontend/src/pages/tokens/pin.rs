//! What is to be said of the password of a token, and the login that asks for it.

use crate::view::*;
use certdeck_shared::api::database::TokenLogin;
use certdeck_shared::api::module::{PinState, Token};

use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::state;
use crate::ids;
use crate::state::use_app;
use crate::transport::client;

/// What the state of a password means, as a clause; nothing where there is nothing to say.
pub fn pin_words(pin: PinState) -> &'static str {
    match pin {
        PinState::Ready | PinState::NotInitialized => "",
        PinState::CountLow => "a wrong password was given since the last right one",
        PinState::FinalTry => "one more wrong password locks it for good",
        PinState::Locked => "it has locked itself after wrong passwords; only its security officer can set a new one",
        PinState::ToBeChanged => "its password must be changed before it is used",
    }
}

/// How a token stands: glyph and a word or two.
pub fn standing(token: &Token) -> View {
    let (glyph, tone, word) = match token.pin {
        PinState::Locked => ("expired", "bad", "PIN locked"),
        PinState::FinalTry => ("soon", "warn", "last try"),
        _ if !token.initialized => ("none", "off", "empty"),
        _ if !token.login_required => ("none", "off", "no login"),
        _ if token.unlocked => ("ok", "ok", "unlocked"),
        _ => ("not-yet", "off", "locked"),
    };
    view! { <span class="small">{state(glyph, tone, word)}</span> }
}

/// Whether the console can log in to a token, or out of it.
pub fn takes_login(token: &Token) -> bool {
    token.initialized && token.login_required && token.enabled && !token.protected_authentication_path
}

/// Asks for the password of a token; `done` when it is unlocked.
pub fn unlock_form(db: StoredValue<String>, id: StoredValue<String>, pin: PinState, done: Callback<()>, cancelled: Callback<()>) -> View {
    let app = use_app();
    let value = RwSignal::new(String::new());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (db, token) = (db.get_value(), id.get_value());
        let login = TokenLogin { password: Some(value.get_untracked()), password_file: None };
        submission.run(async move { client().unlock(&db, &token, &login).await }, move |_| {
            app.announce("Unlocked");
            app.refresh_databases();
            done.run(());
        });
    };
    let hint = "Each token has a password of its own, and counts wrong ones. The trust of its certificates is kept in the database, which has another.";
    let warning = (pin == PinState::FinalTry)
        .then(|| crate::components::feedback::callout("warn", "This is the last try: one more wrong password locks the token for good."));
    view! {
        <form class="ask" on:submit=submit>
            {warning}
            {Field::password(ids::TOKEN_PASSWORD, "Password of the token", value, "off").hint(hint).faults(submission.faults, "/password").view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("unlocked", "Unlock", Signal::derive(move || !value.with(String::is_empty)))}<button class="btn plain" type="button" on:click=move |_| cancelled.run(())>"Cancel"</button></div>
        </form>
    }
}
