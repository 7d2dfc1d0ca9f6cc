//! The matrix: a line for each endpoint, drawn as far as it is in sight; what changes is drawn in place.

use std::sync::Arc;

use certdeck_shared::api::endpoint::{Endpoint, EndpointState};
use certdeck_shared::x509::life::{LifeState, life_at};

use super::items::{Group, Item};
use super::prints::four;
use super::spark::spark;
use super::watch::Watch;
use super::words::{is_old, is_post_quantum, protocol_words, state_view, tls_words};
use crate::components::data::sight::{self, Sight};
use crate::ids;
use crate::place::Place;
use crate::state::{App, browser, clock};
use crate::view::*;

/// Height of a line; the style sheet says the same.
fn line_height() -> f64 {
    if browser::is_narrow() { 54.0 } else { 31.0 }
}

/// Class and head of each column.
const COLUMNS: [(&str, &str); 8] = [
    ("e-state", "State"),
    ("e-port", "Port"),
    ("e-host", "Host"),
    ("e-cert", "Serves"),
    ("e-days num", "Left"),
    ("e-four", "D F P W"),
    ("e-tls", "TLS"),
    ("e-hist", "30 days, now"),
];

/// The table, in its scrolling box.
pub fn table(watch: Watch) -> View {
    let total = move || watch.items.with(Vec::len);
    let sight = Sight::new(Signal::derive(total), line_height, || ());
    let visible = move || {
        let range = sight.range();
        let first = range.start;
        let lines = |items: &Vec<Item>| -> Vec<(usize, Item)> {
            items.get(range).unwrap_or_default().iter().cloned().enumerate().map(|(line, item)| (first + line, item)).collect()
        };
        watch.items.with(lines)
    };
    let heads: Vec<View> = COLUMNS.into_iter().map(|(class, name)| head(class, name)).collect();
    let widths: Vec<View> = COLUMNS.into_iter().map(|(class, _)| view! { <col class=[class, " w"].concat()/> }).collect();
    let span = COLUMNS.len().to_string();
    view! {
        <div class="scroll" id=ids::ENDPOINT_LIST>
            <table class="grid eps" role="grid" aria-label="Endpoints" aria-rowcount=move || (total() + 1).to_string()>
                <colgroup>{widths}</colgroup>
                <thead><tr>{heads}</tr></thead>
                <tbody node_ref=sight.anchor class="anchor" aria-hidden="true"></tbody>
                <tbody class="pad" aria-hidden="true"><tr><td colspan=span.clone() style:height=move || sight.above()></td></tr></tbody>
                <tbody>{keyed(visible, Clone::clone, move |(line, item)| drawn(watch, line, item))}</tbody>
                <tbody class="pad" aria-hidden="true"><tr><td colspan=span style:height=move || sight.below()></td></tr></tbody>
            </table>
        </div>
    }
}

/// Brings a line into sight.
pub fn reveal(line: usize) {
    sight::reveal(ids::ENDPOINT_LIST, line, line_height());
}

fn head(class: &'static str, name: &'static str) -> View {
    if class == "e-four" {
        let words = "Database, file, process, wire: filled square the same, diamond differs, hollow none, dashed unknown";
        return view! { <th scope="col" class=class title=words><span class="four-head" aria-hidden="true"><span>"D"</span><span>"F"</span><span>"P"</span><span>"W"</span></span><span class="sr">{words}</span></th> };
    }
    view! { <th scope="col" class=class>{name}</th> }
}

fn drawn(watch: Watch, line: usize, item: Item) -> View {
    match item {
        Item::Group(Group { title, note, service, .. }) => {
            let name = match service {
                Some(service) => view! { <a href=Place::Service(service).path()>{title}</a> },
                None => title.into_view(),
            };
            view! { <tr class="grp"><td colspan=COLUMNS.len().to_string()>{name}<span>{note}</span></td></tr> }
        }
        Item::Row(id) => endpoint(watch, line, id),
    }
}

fn endpoint(watch: Watch, line: usize, id: String) -> View {
    let app = watch.app;
    let id = StoredValue::new(id);
    let row = Memo::new(move |_| watch.known.with(|known| id.with_value(|id| known.get(id).cloned())));
    let selected = Memo::new(move |_| watch.chosen.with(|chosen| id.with_value(|id| chosen.as_ref() == Some(id))));
    let cell =
        move |draw: fn(&Endpoint, App) -> View| move || row.with(|row: &Option<Arc<Endpoint>>| row.as_ref().map(|row| draw(row, app)));
    let choose = move |event: web_sys::MouseEvent| {
        // Those with a modifier are the browser's: another tab.
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
            return;
        }
        event.prevent_default();
        if browser::is_narrow() {
            app.go(&Place::Endpoint(id.get_value()));
        } else {
            watch.choose(id.get_value());
        }
    };
    let href = id.with_value(|id| Place::Endpoint(id.clone()).path());
    view! {
        <tr aria-rowindex=(line + 2).to_string() aria-selected=move || selected.get().to_string() on:click=choose>
            <td class="e-state">{cell(|row, _| state_view(row.state))}</td>
            <td class="e-port"><a href=href>{cell(port)}</a></td>
            <td class="e-host muted">{cell(host)}</td>
            <td class="e-cert">{cell(serves)}</td>
            <td class="e-days num">{cell(left)}</td>
            <td class="e-four">{cell(|row, _| four(row.agreement))}</td>
            <td class="e-tls muted">{cell(connection)}</td>
            <td class="e-hist">{cell(days)}</td>
        </tr>
    }
}

fn port(row: &Endpoint, _: App) -> View {
    let name = [&row.port.to_string(), " ", protocol_words(row.protocol, row.tls)].concat();
    view! { <b>{name}</b>" "<span class="muted">{tls_words(row.protocol, row.tls)}</span> }
}

fn host(row: &Endpoint, app: App) -> View {
    let snoozed = row.snoozed_until.filter(|until| until.unix_timestamp() > app.now.get());
    let snoozed = snoozed.map(|until| view! { " "<span class="tag" title=["Until ", &clock::exact(until)].concat()>"Snoozed"</span> });
    let asked = row.server_name.as_ref().filter(|name| **name != row.host).map(|name| [", asked for ", name].concat());
    let title = [row.host.as_str(), asked.as_deref().unwrap_or_default()].concat();
    let name = row.label.clone().unwrap_or_else(|| row.server_name.clone().unwrap_or_else(|| row.host.clone()));
    view! { <span title=title>{name}</span>{snoozed} }
}

fn serves(row: &Endpoint, _: App) -> View {
    let Some(leaf) = &row.leaf else { return view! { <span class="faint">"none"</span> } };
    let other = row.other_leaf.as_ref().map(|other| {
        let title = ["Clients without ", &leaf.public_key, " get ", &other.name, ", ", &other.public_key].concat();
        view! { " "<span class="tag" title=title>{["+ ", &other.public_key].concat()}</span> }
    });
    let title = [&leaf.name, ", ", &leaf.public_key].concat();
    view! { <span title=title>{leaf.name.clone()}</span>{other} }
}

fn left(row: &Endpoint, app: App) -> View {
    let dates = row.leaf.as_ref().and_then(|leaf| leaf.not_before.zip(leaf.not_after));
    let Some((begin, end)) = dates else { return view! { <span class="faint">"none"</span> } };
    let life = life_at(begin, end, clock::at(app.now.get()));
    let tone = match life.state {
        LifeState::Expired | LifeState::Due => "bad",
        LifeState::Soon => "warn",
        LifeState::NotYet | LifeState::Valid => "muted",
    };
    view! { <span class=tone title=[&life.words, ", ", &clock::exact(end)].concat()>{life.short}</span> }
}

/// Version and key exchange; those that hold against a quantum computer are marked.
fn connection(row: &Endpoint, _: App) -> View {
    let Some(version) = &row.tls_version else { return view! { <span class="faint">"none"</span> } };
    let tone = if is_old(version) { "warn" } else { "" };
    let group = row.key_exchange_group.as_deref().unwrap_or("RSA");
    let future = is_post_quantum(group)
        .then(|| view! { " "<span class="tag" title="Post-quantum key exchange">"PQ"<span class="sr">", post-quantum"</span></span> });
    let title = [version.as_str(), ", ", group, ", ", row.cipher_suite.as_deref().unwrap_or_default()].concat();
    let short = version.strip_prefix("TLS ").unwrap_or(version).to_owned();
    view! { <span title=title><span class=tone>{short}</span>{future}" "<span class="faint small">{group.to_owned()}</span></span> }
}

fn days(row: &Endpoint, _: App) -> View {
    let (tone, now) = match (row.state, row.milliseconds) {
        (EndpointState::Paused, _) => ("faint", "paused".to_owned()),
        (_, Some(milliseconds)) => ("faint", format!("{milliseconds} ms")),
        (EndpointState::Unknown, None) => ("faint", "none".to_owned()),
        (_, None) => ("bad", "fails".to_owned()),
    };
    view! { <span class="plot">{spark(&row.recent, 18)}<span class=["end small ", tone].concat()>{now}</span></span> }
}
