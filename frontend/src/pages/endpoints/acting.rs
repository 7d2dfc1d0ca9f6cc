//! What is done with an endpoint: probed, paused, snoozed, forgotten.

use certdeck_shared::api::endpoint::{Endpoint, EndpointChange, EndpointSource, EndpointState};
use certdeck_shared::api::paths::segment;
use certdeck_shared::api::role::Right;

use super::watch::Watch;
use crate::components::icon::{glyph, icon};
use crate::components::layout::bar::menu;
use crate::place::Place;
use crate::state::clock;
use crate::transport::client;
use crate::view::*;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Where one asks for everything that the chosen endpoint takes.
pub fn inventory(watch: Watch) -> String {
    let Some(row) = watch.chosen_row() else { return Place::Probe.path() };
    let name = row.server_name.as_deref().filter(|name| *name != row.host).unwrap_or_default();
    let (port, id) = (row.port.to_string(), segment(&row.id));
    let (host, name, protocol, tls) = (segment(&row.host), segment(name), row.protocol.name(), row.tls.name());
    let query = ["host=", &host, "&port=", &port, "&protocol=", protocol, "&tls=", tls, "&server-name=", &name, "&endpoint=", &id];
    [&Place::Probe.path(), "?ask=inventory&", &query.concat()].concat()
}

/// Probes the chosen endpoint.
pub fn probe(watch: Watch) {
    let Some(id) = watch.chosen.get_untracked().filter(|_| untrack(|| watch.app.may_somewhere(Right::Watch))) else { return };
    let probing = async move { client().probe_endpoint(&id).await };
    watch.acting.run(probing, move |detail| {
        watch.app.announce(["Probed: ", &detail.endpoint.words].concat());
        watch.probed(detail);
    });
}

/// Says nothing of the chosen endpoint until then; without a time that ends.
pub fn snooze(watch: Watch, until: Option<i64>) {
    let words = if until.is_some() { "Snoozed" } else { "Awake again" };
    let until = clock::at(until.unwrap_or_default());
    change(watch, EndpointChange { snoozed_until: Some(until), ..EndpointChange::default() }, words);
}

/// Changes the chosen endpoint.
pub fn change(watch: Watch, change: EndpointChange, words: &'static str) {
    let Some(id) = watch.chosen.get_untracked().filter(|_| untrack(|| watch.app.may_somewhere(Right::Watch))) else { return };
    watch.acting.run(async move { client().change_endpoint(&id, &change).await }, move |row| {
        watch.app.announce(words);
        watch.merge(row);
    });
}

/// The buttons beneath the verdict. They stay while what is around them changes.
pub fn buttons(watch: Watch) -> View {
    let busy = watch.acting.busy;
    let paused = Memo::new(move |_| watch.chosen_row().map(|row| row.state == EndpointState::Paused));
    let snoozed = Memo::new(move |_| {
        let until = watch.chosen_row().and_then(|row| row.snoozed_until);
        until.is_some_and(|until| until.unix_timestamp() > watch.app.now.get())
    });
    let pause = move |_| {
        let pausing = paused.get_untracked() != Some(true);
        change(watch, EndpointChange { paused: Some(pausing), ..EndpointChange::default() }, if pausing { "Paused" } else { "Resumed" });
    };
    let snoozing = move || {
        let wake =
            snoozed.get().then(|| view! { <button role="menuitem" type="button" on:click=move |_| snooze(watch, None)>"Wake it"</button> });
        view! {
            <button role="menuitem" type="button" on:click=move |_| snooze(watch, Some(clock::now() + DAY))>"For a day"</button>
            <button role="menuitem" type="button" on:click=move |_| snooze(watch, Some(clock::now() + 7 * DAY))>"For a week"</button>
            {wake}
        }
    };
    view! {
        <div class="row tight wrap">
            <button class="btn" type="button" disabled=busy on:click=move |_| probe(watch)>
                {move || if busy.get() { view! { <span class="spin">{glyph("running")}</span> } } else { icon("renew") }}"Probe"<kbd aria-hidden="true">"p"</kbd>
            </button>
            <button class="btn" type="button" disabled=busy on:click=pause>{move || if paused.get() == Some(true) { "Resume" } else { "Pause" }}</button>
            {when(move || watch.admin.get(), move || view! { <a class="btn" href=move || inventory(watch)>{icon("search")}"Inventory"<kbd aria-hidden="true">"i"</kbd></a> })}
            {menu("btn-menu", view! { "Snooze"{icon("down")} }, "Snooze".to_owned(), snoozing)}
        </div>
        {watch.acting.faults.callout()}
    }
}

/// Forgets an endpoint that was added by hand, asked twice.
pub fn remove(watch: Watch, row: &Endpoint) -> View {
    if row.source != EndpointSource::Hand {
        return View::nothing();
    }
    let id = StoredValue::new(row.id.clone());
    let asked = RwSignal::new(false);
    let forget = move |_| {
        let (gone, id) = (id.get_value(), id.get_value());
        watch.acting.run(async move { client().remove_endpoint(&id).await }, move |()| {
            watch.app.announce("No longer watched");
            watch.close();
            watch.known.update(|known| drop(known.remove(&gone)));
        });
    };
    let content = move || {
        if asked.get() {
            view! {
                <div class="row">
                    <button class="btn danger" type="button" disabled=watch.acting.busy on:click=forget>"Remove it and its history"</button>
                    <button class="btn plain" type="button" on:click=move |_| asked.set(false)>"Keep it"</button>
                </div>
            }
        } else {
            view! { <button class="btn danger" type="button" on:click=move |_| asked.set(true)>"Remove"</button> }
        }
    };
    view! { {content} }
}
