//! The rules: for a certificate, a tag, a database or a CA, in the order in which they count.

use super::draft::{PolicyDraft, RuleDraft};
use super::{leads, preview};
use crate::components::form::faults::Faults;
use crate::components::form::field::{Field, checkbox};
use crate::components::icon::icon;
use crate::ids;
use crate::state::App;
use crate::view::*;

/// Most rules that the server takes.
const MOST: usize = 500;
/// What a rule chooses by, with the words of its name.
const BY: [(&str, &str, &str); 4] = [
    ("certificate", "One certificate, by its nickname", "Nickname"),
    ("tag", "Those of endpoints with a tag", "Tag"),
    ("database", "All of a database", ""),
    ("issuer", "Those of a CA", "Common name, organization or whole name of the CA"),
];

/// All of them, and a button for one more.
pub fn rules(app: App, draft: PolicyDraft, faults: Faults, days: RwSignal<String>) -> View {
    // Fields of a rule know their place; what is said of a rule stands in it.
    faults.covers("/rules");
    faults.covers("/otherwise");
    let add = move |_| draft.add(app.selected.get_untracked().unwrap_or_default());
    let none = move || draft.rules.with(Vec::is_empty);
    view! {
        <section class="sect stack narrow-form">
            <div class="sect-head"><h3>"Others count for"</h3><button class="btn push" type="button" disabled=move || draft.rules.with(|rules| rules.len() >= MOST) on:click=add>{icon("plus")}"Rule"</button></div>
            {when(none, || view! { <p class="muted">"No rule: what stands above counts for all."</p> })}
            <ol class="rules">{keyed(move || draft.rules.get(), |rule| rule.number, move |rule| one(app, draft, rule, faults, days))}</ol>
        </section>
    }
}

fn one(app: App, draft: PolicyDraft, rule: RuleDraft, faults: Faults, days: RwSignal<String>) -> View {
    let number = rule.number;
    let place = Memo::new(move |_| draft.place(number));
    let title = move || ["Rule ", &(place.get() + 1).to_string()].concat();
    let by = BY.map(|(name, words, _)| (name, words));
    let id = |of: &str| [of, "-", &number.to_string()].concat();
    let (id_by, id_database, id_name) = (id(ids::RULE_BY), id(ids::RULE_DATABASE), id(ids::RULE_NAME));
    let chosen = Memo::new(move |_| rule.by.get());
    let of_database = move || matches!(chosen.get().as_str(), "certificate" | "database");
    let database = move || {
        let mut options: Vec<(String, String)> =
            app.databases.with(|all| all.iter().flatten().map(|one| (one.id.clone(), one.label.clone())).collect());
        // A rule may name a database that was forgotten meanwhile.
        let named = rule.database.get_untracked();
        if !options.iter().any(|(id, _)| *id == named) {
            options.insert(0, (named.clone(), if named.is_empty() { "Choose one".to_owned() } else { named }));
        }
        Field::choice(&id_database, "Database", rule.database, options).class("field f3").view()
    };
    let name = move || {
        let words = BY.into_iter().find(|(name, ..)| chosen.with(|chosen| chosen == name)).map_or("", |(.., words)| words);
        (!words.is_empty()).then(|| Field::text(&id_name, words, rule.name).class("field f3").required().view())
    };
    let said = move || faults.at(&["/rules/", &place.get().to_string(), "/applies_to"].concat());
    let pointer = Signal::derive(move || ["/rules/", &place.get().to_string(), "/timing"].concat());
    let timed =
        move || view! { <div class="stack">{leads::leads(rule.timing, faults, pointer)}{preview::preview(days, rule.timing)}</div> };
    view! {
        <li class="ask">
            <div class="row">
                <b>{title}</b>
                <span class="push row tight">
                    <button class="btn plain icon" type="button" disabled=move || place.get() == 0 aria-label=move || [&title(), " counts earlier"].concat() title="Counts earlier" on:click=move |_| draft.move_up(number)>{icon("up")}</button>
                    <button class="btn plain icon danger" type="button" aria-label=move || ["Remove ", &title()].concat() title="Remove" on:click=move |_| draft.remove(number)>{icon("delete")}</button>
                </span>
            </div>
            <div class="form">
                {Field::select(&id_by, "Which certificates", rule.by, &by).view()}
                {when(of_database, database)}
                {name}
            </div>
            <p class="note bad" aria-live="polite">{said}</p>
            {checkbox("Nobody is told of these", "", rule.silent)}
            {when(move || !rule.silent.get(), timed)}
        </li>
    }
}
