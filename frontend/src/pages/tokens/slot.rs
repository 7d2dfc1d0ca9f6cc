//! One slot and the token in it: its state, the login, and what NSS uses it for.

use crate::view::*;
use certdeck_shared::api::module::{Slot, Token};

use super::page::Tokens;
use super::pin::{pin_words, standing, takes_login, unlock_form};
use crate::components::data::copy::copy_button;
use crate::components::icon::icon;
use crate::place::Place;
use crate::transport::client;

/// A row for a slot, which may be one of NSS's own module; `actions` are those of its module, `asked` what one of them opened.
pub fn row(tokens: Tokens, slot: Slot, internal: bool, actions: Option<View>, asked: View) -> View {
    let mechanisms = slot.default_mechanisms.join(", ");
    let Some(token) = slot.token else {
        return view! { <li>{icon("key")}<span><b>"No token"</b><span class="note">{slot.description}</span></span><span class="row tight">{actions}</span>{asked}</li> };
    };
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
    let pin = pin_words(token.pin);
    if !pin.is_empty() {
        words += "; ";
        words += pin;
    }
    let id = StoredValue::new(token.id.clone());
    let (state, uri) = (token.pin, token.pkcs11_uri.clone());
    let unlocked = Callback::new(move |()| {
        tokens.open.set(String::new());
        tokens.read();
    });
    let cancelled = Callback::new(move |()| tokens.open.set(String::new()));
    let form = move || (tokens.open.get() == id.get_value()).then(|| unlock_form(tokens.db, id, state, unlocked, cancelled));
    view! {
        <li>
            {icon("key")}
            <span><b>{name(tokens, &token, internal)}</b><span class="note">{words}</span><span class="row tight uri"><code class="break small">{uri.clone()}</code>{copy_button("the PKCS#11 URI", move || uri.clone())}</span></span>
            <span class="row tight">{standing(&token)}{login(tokens, id, &token)}{actions}</span>
            {asked}
            {form}
        </li>
    }
}

/// The way to what is on the token.
fn name(tokens: Tokens, token: &Token, internal: bool) -> View {
    let db = tokens.db.get_value();
    if !token.initialized {
        return view! { <span>"Not initialised"</span> };
    }
    // The slot that NSS computes in keeps nothing; it is the one of its own module that is not the database.
    if internal && token.id != "internal" {
        return view! { <span>{token.label.clone()}</span> };
    }
    let href = if token.id == "internal" { Place::Certificates(db) } else { Place::Token(db, token.id.clone()) };
    view! { <a href=href.path()>{token.label.clone()}</a> }
}

fn login(tokens: Tokens, id: StoredValue<String>, token: &Token) -> View {
    if !takes_login(token) {
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
