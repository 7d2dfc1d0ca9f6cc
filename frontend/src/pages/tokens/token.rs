//! One slot and the token in it: its state, and the login.

use crate::view::*;
use certdeck_shared::api::database::TokenLogin;
use certdeck_shared::api::module::{PinState, Slot, Token};

use super::page::Tokens;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::{icon, state};
use crate::ids;
use crate::transport::client;

/// A row for a slot; `switch` turns it on or off.
pub fn row(tokens: Tokens, slot: Slot, switch: Option<View>) -> View {
    let mechanisms = slot.default_mechanisms.join(", ");
    let Some(token) = slot.token else {
        return view! { <li>{icon("key")}<span><b>"No token"</b><span class="note">{slot.description}</span></span><span class="row tight">{switch}</span></li> };
    };
    let name = if token.label.is_empty() { "Not initialised".to_owned() } else { token.label.clone() };
    let mut words = slot.description;
    if !slot.enabled {
        words += ", switched off";
    }
    for (before, value) in [(", serial ", &token.serial_number), (", by default for ", &mechanisms)] {
        if !value.is_empty() {
            words += before;
            words += value;
        }
    }
    if !pin_words(token.pin).is_empty() {
        words += ", ";
        words += pin_words(token.pin);
    }
    let id = StoredValue::new(token.id.clone());
    let form = move || (tokens.open.get() == id.get_value()).then(|| unlock_form(tokens, id));
    view! {
        <li>
            {icon("key")}
            <span><b>{name}</b><span class="note">{words}</span></span>
            <span class="row tight">{standing(&token)}{action(tokens, id, &token)}{switch}</span>
            {form}
        </li>
    }
}

fn pin_words(pin: PinState) -> &'static str {
    match pin {
        PinState::Ready | PinState::NotInitialized => "",
        PinState::CountLow => "a wrong password was given lately",
        PinState::FinalTry => "one more wrong password locks it for good",
        PinState::Locked => "locked itself after wrong passwords",
        PinState::ToBeChanged => "its password must be changed first",
    }
}

fn standing(token: &Token) -> View {
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

fn action(tokens: Tokens, id: StoredValue<String>, token: &Token) -> View {
    if !token.initialized || !token.login_required || !token.enabled || token.protected_authentication_path {
        return View::nothing();
    }
    if !token.unlocked {
        let label = ["Unlock ", &token.label].concat();
        return view! { <button class="btn" type="button" aria-label=label on:click=move |_| tokens.show(&id.get_value())>{icon("unlocked")}"Unlock"</button> };
    }
    let label = ["Lock ", &token.label].concat();
    let lock = move |_| {
        let (db, token) = (tokens.db.get_value(), id.get_value());
        tokens.change("Locked", async move { client().lock(&db, &token).await });
        tokens.app.refresh_databases();
    };
    view! { <button class="btn" type="button" aria-label=label disabled=tokens.submission.busy on:click=lock>{icon("locked")}"Lock"</button> }
}

fn unlock_form(tokens: Tokens, id: StoredValue<String>) -> View {
    let value = RwSignal::new(String::new());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (db, token) = (tokens.db.get_value(), id.get_value());
        let login = TokenLogin { password: Some(value.get_untracked()), password_file: None };
        submission.run(async move { client().unlock(&db, &token, &login).await }, move |_| {
            tokens.open.set(String::new());
            tokens.app.announce("Unlocked");
            tokens.app.refresh_databases();
            tokens.read();
        });
    };
    let hint = "Each token has a password of its own, and counts wrong ones. The trust of its certificates is kept in the database, which has another.";
    view! {
        <form class="ask" on:submit=submit>
            {Field::password(ids::TOKEN_PASSWORD, "Password of the token", value, "off").hint(hint).faults(submission.faults, "/password").view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("unlocked", "Unlock", Signal::derive(move || !value.with(String::is_empty)))}<button class="btn plain" type="button" on:click=move |_| tokens.open.set(String::new())>"Cancel"</button></div>
        </form>
    }
}
