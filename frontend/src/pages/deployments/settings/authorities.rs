//! CA certificates that certificates of clients are checked with, out of a database.

use crate::view::*;
use certdeck_shared::api::plan::SettingWish;

use super::endpoints::Endpoints;
use super::{Card, Wishes};
use crate::components::form::field::{Field, tick};
use crate::components::form::submission::{Load, load, loaded};
use crate::components::icon::glyph;
use crate::state::clock;
use crate::state::row::Row;
use crate::transport::client;

/// The fields: a database, and its CAs.
pub fn authorities(wishes: Wishes, card: Card, endpoints: Endpoints) -> View {
    let app = wishes.app;
    let databases = app.databases.get_untracked().unwrap_or_default();
    let selected = app.selected.get_untracked().filter(|id| databases.iter().any(|one| one.id == *id));
    let database = RwSignal::new(selected.or_else(|| databases.first().map(|one| one.id.clone())).unwrap_or_default());
    let chosen = RwSignal::new(Vec::<String>::new());
    let slot = RwSignal::new(Load::<Vec<Row>>::Waiting);
    let read = move || {
        let id = database.get_untracked();
        load(app, slot, async move {
            let list = client().certificates(&id).await?;
            Ok(list.certificates.into_iter().map(Row::new).filter(|row| row.ca).collect())
        });
    };
    effect(move || {
        database.track();
        chosen.set(Vec::new());
        slot.set(Load::Waiting);
        read();
    });
    effect(move || {
        let wish = SettingWish::ClientCa { endpoints: endpoints.chosen.get(), database: database.get(), certificates: chosen.get() };
        wishes.say(card, wish);
    });
    let pointer = card.pointer("certificates");
    wishes.faults.covers(&pointer);
    let fault = move || {
        let words = wishes.faults.at(&pointer).filter(|_| chosen.with(Vec::is_empty));
        words.map(|words| view! { <p class="note row tight bad" role="alert">{glyph("expired")}<span>{words}</span></p> })
    };
    let options = databases.into_iter().map(|one| (one.id, one.label)).collect();
    view! {
        {Field::choice(&card.id("database"), "Database", database, options).faults(wishes.faults, &card.pointer("database")).view()}
        <fieldset class="stack boxes"><legend class="lab">"CA certificates"<span class="note">" written to a file of the service"</span></legend>
            {loaded(slot, 1, Callback::new(move |()| read()), move |rows| boxes(rows, chosen))}
        </fieldset>
        <div>{fault}</div>
        {endpoints.view()}
    }
}

fn boxes(rows: Vec<Row>, chosen: RwSignal<Vec<String>>) -> View {
    if rows.is_empty() {
        return view! { <p class="note">"The database holds no CA. Import one first."</p> };
    }
    let rows: Vec<View> = rows
        .into_iter()
        .map(|row| {
            let until = ["until ", &clock::date(clock::at(row.not_after))].concat();
            tick(row.entry.fingerprint_sha256, chosen, view! { <span class="break">{row.name}</span><span class="note">{until}</span> })
        })
        .collect();
    view! { {rows} }
}
