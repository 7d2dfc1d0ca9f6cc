//! The passkeys of one's own account: listed, made, removed.

use crate::view::*;
use certdeck_shared::api::passkey::{Passkey, RegisteredPasskey};
use certdeck_shared::api::second_factor::SecondFactor;

use super::second_factor::Factor;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::state::{clock, passkeys};
use crate::transport::client;

/// Those there are, and the way to another one.
pub fn passkeys(factor: Factor, found: &SecondFactor) -> View {
    let rows: Vec<_> = found.passkeys.iter().cloned().map(|passkey| row(factor, passkey)).collect();
    let list = (!rows.is_empty()).then(|| view! { <ul class="people">{rows}</ul> });
    let more = match &found.no_passkeys {
        Some(why) => view! { <p class="note">{format!("No passkey can be made here: {why}.")}</p> },
        None => new_one(factor),
    };
    view! { <h4>"Passkeys"</h4>{list}{more} }
}

fn row(factor: Factor, passkey: Passkey) -> View {
    let now = factor.app.now.get_untracked();
    let used = passkey.last_used_at.map_or_else(|| "not used yet".to_owned(), |used| format!("used {}", clock::relative(used, now)));
    let words = format!("{used}, made {} for {}", clock::relative(passkey.created_at, now), passkey.host);
    let (id, name) = (passkey.id, format!("Remove the passkey {}", passkey.name));
    let remove = move |_| factor.remove_passkey(id.clone());
    view! {
        <li>
            {icon("key")}
            <span><b>{passkey.name}</b><span class="note">{words}</span></span>
            <span class="row tight"><button class="btn plain icon danger" type="button" title="Remove" aria-label=name on:click=remove>{icon("delete")}</button></span>
        </li>
    }
}

fn new_one(factor: Factor) -> View {
    let name = RwSignal::new(String::new());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked().trim().to_owned();
        let making = async move {
            let options = client().begin_passkey().await?;
            let made = passkeys::create(&options, name).await?;
            client().add_passkey(&made).await
        };
        submission.run(making, move |RegisteredPasskey { recovery_codes, .. }| factor.added(recovery_codes));
    };
    let ready = Signal::derive(move || !name.with(|name| name.trim().is_empty()));
    view! {
        <form class="ask" on:submit=submit>
            {Field::text(ids::PASSKEY_NAME, "Name of a new passkey", name).placeholder("Key ring").hint("What holds it: a security key, this computer, a phone.").faults(submission.faults, "/name").required().view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("plus", "Add a passkey", ready)}</div>
        </form>
    }
}
