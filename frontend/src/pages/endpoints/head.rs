//! Head of the matrix: the filter, what is done with all, how many stand how, and what they are grouped by.

use certdeck_shared::api::endpoint::EndpointState;
use certdeck_shared::api::paths;
use certdeck_shared::api::role::Right;
use leptos::task::spawn_local;

use super::items::Grouping;
use super::watch::{Beside, Watch};
use super::words::state_view;
use crate::components::form::search::search;
use crate::components::icon::icon;
use crate::components::layout::bar::menu;
use crate::ids;
use crate::transport::client;
use crate::view::*;

/// What the filter understands.
const FIELDS: &str =
    "Words must all be found. state: host: port: protocol: name: service: tag: tls: narrow to a field; - in front turns it round.";

/// Title, filter, probing and adding.
pub fn head(watch: Watch) -> View {
    let may_write = move || watch.app.may_somewhere(Right::Watch);
    view! {
        <div class="pane-head">
            <h2>"Endpoints"</h2>
            {search(ids::ENDPOINT_FILTER, watch.filter, "Filter: host, port, state:stale", FIELDS)}
            <span class="push row tight">
                {when(may_write, move || view! {
                    <button class="btn" type="button" on:click=move |_| probe_all(watch)>{icon("renew")}"Probe all"<kbd aria-hidden="true">"P"</kbd></button>
                })}
                {menu("menu-end btn-menu", view! { {icon("export")}"Report"{icon("down")} }, "Report".to_owned(), reports)}
                <button class="btn icon" type="button" aria-label="How endpoints are watched" title="How endpoints are watched" aria-pressed=move || (watch.beside.get() == Beside::Settings).to_string()
                    on:click=move |_| watch.show(Beside::Settings)>{icon("settings")}</button>
                {when(move || watch.admin.get(), move || view! {
                    <button class="btn primary" type="button" on:click=move |_| watch.show(Beside::Add)>{icon("plus")}"Add"<kbd aria-hidden="true">"n"</kbd></button>
                })}
            </span>
        </div>
    }
}

/// The matrix to take along: as a table, as JSON, on paper.
fn reports() -> View {
    let print = move |_| {
        let _ = window().print();
    };
    view! {
        <a role="menuitem" href=paths::ENDPOINT_TABLE download="endpoints.csv">{icon("columns")}"Table for spreadsheets (CSV)"</a>
        <a role="menuitem" href=paths::ENDPOINTS download="endpoints.json">{icon("file")}"Everything as JSON"</a>
        <button role="menuitem" type="button" on:click=print>{icon("file")}"Print what is shown"</button>
    }
}

/// Makes all due at once; their rows come as they are probed.
pub fn probe_all(watch: Watch) {
    spawn_local(async move {
        match client().probe_endpoints().await {
            Ok(()) => watch.app.announce("All are being probed"),
            Err(error) => {
                watch.app.note_error(&error);
                watch.app.announce(error.to_string());
            }
        }
    });
}

/// How many stand how, each a button that shows these alone; and the switch of groups.
pub fn chips(watch: Watch) -> View {
    let counts = Memo::new(move |_| {
        watch.known.with(|known| EndpointState::ALL.map(|state| known.values().filter(|endpoint| endpoint.state == state).count()))
    });
    let all = move || counts.with(|counts| counts.iter().sum::<usize>());
    let states: Vec<View> = EndpointState::ALL.into_iter().enumerate().map(|(place, state)| chip(watch, counts, place, state)).collect();
    let groups: Vec<View> = Grouping::ALL
        .into_iter()
        .map(|(grouping, name)| {
            view! { <button type="button" aria-pressed=move || (watch.grouping.get() == grouping).to_string() on:click=move |_| watch.group_by(grouping)>{name}</button> }
        })
        .collect();
    view! {
        <div class="row views wrap">
            <div class="chips" role="group" aria-label="By state">
                <button class="chip" type="button" aria-pressed=move || watch.only.with(Option::is_none).to_string() on:click=move |_| watch.only.set(None)>"All "<span>{all}</span></button>
                {states}
            </div>
            <div class="seg push" role="group" aria-label="Grouped by">{groups}</div>
        </div>
    }
}

/// A state that nothing stands in has no button, unless it is the one that is shown alone.
fn chip(watch: Watch, counts: Memo<[usize; 8]>, place: usize, state: EndpointState) -> View {
    let count = Memo::new(move |_| counts.with(|counts| counts.get(place).copied().unwrap_or_default()));
    let alone = move || watch.only.get() == Some(state);
    when(
        move || count.get() > 0 || alone(),
        move || {
            let toggle = move |_| watch.only.set(if watch.only.get_untracked() == Some(state) { None } else { Some(state) });
            view! { <button class="chip" type="button" aria-pressed=move || alone().to_string() on:click=toggle>{state_view(state)}" "<span>{move || count.get()}</span></button> }
        },
    )
}
