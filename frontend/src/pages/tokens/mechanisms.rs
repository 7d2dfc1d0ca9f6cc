//! What NSS uses a slot for by default: `modutil -default` and `-undefault`.

use crate::view::*;
use certdeck_shared::api::module::{ModuleChange, Slot};
use certdeck_shared::modules_file::MECHANISMS;

use super::page::Tokens;
use crate::components::form::field::checkbox;
use crate::transport::client;

/// What a mechanism is, where its name does not say it.
fn words(name: &str) -> &'static str {
    match name {
        "RANDOM" => "random numbers",
        "FRIENDLY" => "its certificates are read without login",
        "SSL" | "TLS" => "key derivation of old TLS",
        _ => "",
    }
}

/// The ticks of one slot; what is stored replaces what was there.
pub fn form(tokens: Tokens, module: StoredValue<String>, slot: &Slot) -> View {
    let id = StoredValue::new(slot.id.clone());
    let chosen: Vec<(&'static str, RwSignal<bool>)> = MECHANISMS
        .iter()
        .map(|(name, _)| (*name, RwSignal::new(slot.default_mechanisms.iter().any(|known| known.eq_ignore_ascii_case(name)))))
        .collect();
    let boxes: Vec<View> = chosen.iter().map(|(name, value)| checkbox(name, words(name), *value)).collect();
    let chosen = StoredValue::new(chosen);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (db, module) = (tokens.db.get_value(), module.get_value());
        let named = chosen.get_value().into_iter().filter(|(_, value)| value.get_untracked()).map(|(name, _)| name.to_owned());
        let change = ModuleChange { slot: Some(id.get_value()), default_mechanisms: Some(named.collect()), ..ModuleChange::default() };
        tokens.change("Default mechanisms stored", async move { client().change_module(&db, &module, &change).await });
    };
    view! {
        <form class="ask" on:submit=submit>
            <p class="note">"NSS takes this slot first for what is ticked. Servers read it at their next start."</p>
            <div class="mechanisms">{boxes}</div>
            <div class="row">
                {tokens.submission.button("check", "Store", Signal::derive(|| true))}
                <button class="btn plain" type="button" on:click=move |_| tokens.open.set(String::new())>"Cancel"</button>
            </div>
        </form>
    }
}
