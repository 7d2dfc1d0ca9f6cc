//! One module with its slots.

use crate::view::*;
use certdeck_shared::api::module::{Module, ModuleChange, ModuleState, Slot};

use super::mechanisms;
use super::page::Tokens;
use super::slot::row;
use crate::components::data::facts::{fact, fact_code, facts};
use crate::components::data::glass::{Action, glass_of_form};
use crate::components::feedback::callout;
use crate::components::icon::{icon, state};
use crate::transport::client;

/// A module: what it is, its slots, and what can be done with it.
pub fn section(tokens: Tokens, module: Module) -> View {
    let verdict = match &module.state {
        ModuleState::Loaded => state("ok", "ok", "loaded"),
        ModuleState::Unusable { .. } => state("expired", "bad", "unusable"),
    };
    let reason = match &module.state {
        ModuleState::Loaded => View::nothing(),
        ModuleState::Unusable { reason } => callout("bad", reason.clone()),
    };
    let name = StoredValue::new(module.name.clone());
    let internal = module.internal;
    let may = tokens.admin.get_untracked() && !module.internal;
    let about = facts(vec![("", about(&module))]);
    let slots: Vec<View> = module.slots.into_iter().map(|slot| slot_row(tokens, name, internal, may, slot)).collect();
    let fips_on = module.fips.unwrap_or_default();
    let fips_asked = move || (tokens.open.get() == "fips" && internal).then(|| confirm_fips(tokens, name, !fips_on));
    let asked = move || (tokens.open.get() == name.get_value()).then(|| confirm(tokens, name));
    let fips = module.fips.filter(|_| tokens.admin.get_untracked()).map(|on| fips_switch(tokens, name, on));
    let remove = may.then(|| {
        let label = ["Remove the module ", &module.name].concat();
        view! { <button class="btn plain icon danger" type="button" title="Remove" aria-label=label on:click=move |_| tokens.show(&name.get_value())>{icon("delete")}</button> }
    });
    view! {
        <section class="sect stack" aria-label=module.name.clone()>
            <div class="sect-head"><h3>{module.name}</h3><span class="push row tight small">{verdict}{fips}{remove}</span></div>
            {reason}
            {asked}
            {fips_asked}
            {about}
            <ul class="people">{slots}</ul>
        </section>
    }
}

fn about(module: &Module) -> Vec<crate::components::data::facts::Fact> {
    let mut about = Vec::new();
    for (name, value) in
        [("Library", &module.library), ("SHA-256", &module.library_sha256), ("Parameters", &module.parameters), ("URI", &module.pkcs11_uri)]
    {
        about.extend(value.clone().map(|value| fact_code(name, value)));
    }
    if let (Some(description), Some(version)) = (&module.description, &module.library_version) {
        about.insert(0, fact("What", [description, " ", version].concat()));
    }
    about
}

fn slot_row(tokens: Tokens, name: StoredValue<String>, internal: bool, may: bool, slot: Slot) -> View {
    let (id, enabled) = (slot.id.clone(), slot.enabled);
    let what = StoredValue::new(["mechanisms ", &name.get_value(), " ", &slot.id].concat());
    let held = slot.clone();
    let asked = move || (tokens.open.get() == what.get_value()).then(|| mechanisms::form(tokens, name, &held));
    let switch = may.then(|| {
        let words = if enabled { "Switch off" } else { "Switch on" };
        let toggle = move |_| {
            let (db, module) = (tokens.db.get_value(), name.get_value());
            let change = ModuleChange { enabled: Some(!enabled), slot: Some(id.clone()), ..ModuleChange::default() };
            tokens.change("Switched", async move { client().change_module(&db, &module, &change).await });
        };
        let use_for = ["What NSS uses ", &slot.description, " for"].concat();
        view! { <button class="btn plain" type="button" aria-label=use_for on:click=move |_| tokens.show(&what.get_value())>"Use for…"</button><button class="btn plain" type="button" aria-label=[words, " ", &slot.description].concat() disabled=tokens.submission.busy on:click=toggle>{words}</button> }
    });
    row(tokens, slot, internal, switch, view! { {asked} })
}

fn fips_switch(tokens: Tokens, name: StoredValue<String>, on: bool) -> View {
    let words = if on { "Leave FIPS mode…" } else { "Enter FIPS mode…" };
    let label = [words, ", of ", &name.get_value()].concat();
    let mode = if on { state("ok", "ok", "FIPS") } else { View::nothing() };
    view! { {mode}<button class="btn plain" type="button" aria-label=label on:click=move |_| tokens.show("fips")>{words}</button> }
}

/// Servers notice at their next start, and some do not start then.
fn confirm_fips(tokens: Tokens, name: StoredValue<String>, on: bool) -> View {
    let switch = move |_| {
        let (db, module) = (tokens.db.get_value(), name.get_value());
        let change = ModuleChange { fips: Some(on), ..ModuleChange::default() };
        tokens.change("Switched", async move { client().change_module(&db, &module, &change).await });
    };
    let words = if on {
        "Servers on this database use approved algorithms only from their next start on, and their token is called NSS FIPS 140-2 Certificate DB: a password file that names the token needs a line for that name."
    } else {
        "From their next start on servers use all algorithms of NSS again; their token is called NSS Certificate DB."
    };
    view! {
        <div class="ask">
            {callout("warn", words)}
            <div class="row">
                <button class="btn primary" type="button" disabled=tokens.submission.busy on:click=switch>{if on { "Switch FIPS mode on" } else { "Switch FIPS mode off" }}</button>
                <button class="btn plain" type="button" on:click=move |_| tokens.open.set(String::new())>"Leave it"</button>
            </div>
        </div>
    }
}

fn confirm(tokens: Tokens, name: StoredValue<String>) -> View {
    let remove = move |_| {
        let (db, module) = (tokens.db.get_value(), name.get_value());
        tokens.change("Module removed", async move { client().remove_module(&db, &module).await });
    };
    view! {
        <div class="ask">
            {callout("warn", "Keys and certificates stay on its tokens, but servers that use this database do not find them any more. The snapshot taken before is the way back.")}
            <div class="row">
                <button class="btn danger" type="button" disabled=tokens.submission.busy on:click=remove>"Remove the module"</button>
                <button class="btn plain" type="button" on:click=move |_| tokens.open.set(String::new())>"Keep it"</button>
            </div>
            {glass_of_form(move || Action::RemoveModule { module: name.get_value() })}
        </div>
    }
}
