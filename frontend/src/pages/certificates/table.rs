//! The table: only the rows in sight are in the document, whatever their number.

use std::sync::Arc;

use crate::view::*;

use crate::components::data::sight::{self, Sight};
use crate::components::trust::punch::{Tip, trust_cell, trust_tip};
use crate::components::x509::life::life_cell;
use crate::ids;
use crate::place::Place;
use crate::state::list::{COLUMNS, Column, Item, issued_by};
use crate::state::row::Row;
use crate::state::{App, browser, clock};

/// Height of a row; the style sheet says the same.
fn row_height() -> f64 {
    if browser::is_narrow() { 54.0 } else { 31.0 }
}

/// The table, in its scrolling box.
pub fn table(app: App, db: Arc<str>) -> View {
    let list = app.list;
    let tip: Tip = RwSignal::new(None);
    let total = move || list.items.with(|items| items.len());
    let sight = Sight::new(Signal::derive(total), row_height, move || tip.set(None));
    let visible = move || {
        let range = sight.range();
        let first = range.start;
        list.items.with(|items| {
            items.get(range).unwrap_or_default().iter().cloned().enumerate().map(|(index, item)| (first + index, item)).collect::<Vec<_>>()
        })
    };
    // Not more than there are: a wider span would make columns of its own.
    let span = move || (list.columns.with(Vec::len) + 2).to_string();
    let columns = move || COLUMNS.iter().filter(|(column, ..)| list.columns.with(|columns| columns.contains(column))).collect::<Vec<_>>();
    let heads = move || columns().into_iter().map(|(column, name, class, _)| head(app, *column, name, class)).collect::<Vec<_>>();
    let widths = move || columns().into_iter().map(|(_, _, class, _)| view! { <col class=[*class, " w"].concat()/> }).collect::<Vec<_>>();
    view! {
        <div class="scroll" id=ids::CERTIFICATE_LIST>
            <table class="grid cards" role="grid" aria-label="Certificates" aria-multiselectable="true" aria-rowcount=move || (total() + 1).to_string()>
                <colgroup><col class="c-check w"/>{widths}<col/></colgroup>
                <thead><tr><th scope="col"><label class="hit">{all_box(app)}</label></th>{heads}<th class="rest"></th></tr></thead>
                <tbody node_ref=sight.anchor class="anchor" aria-hidden="true"></tbody>
                <tbody class="pad" aria-hidden="true"><tr><td colspan=span style:height=move || sight.above()></td></tr></tbody>
                <tbody>
                    {keyed(visible, move |(_, item)| (item.key(), item_stamp(item), list.columns.with(Vec::len)), move |(index, item)| line(app, &db, index, item, tip))}
                </tbody>
                <tbody class="pad" aria-hidden="true"><tr><td colspan=span style:height=move || sight.below()></td></tr></tbody>
            </table>
        </div>
        {trust_tip(tip)}
    }
}

/// Changes when the row must be drawn anew.
fn item_stamp(item: &Item) -> (String, usize) {
    match item {
        Item::Group(_, count) => (String::new(), *count),
        Item::Row(row) => ([row.entry.trust.as_str(), " ", &row.name].concat(), 0),
    }
}

fn all_box(app: App) -> View {
    let list = app.list;
    let all = move || {
        list.shown.get() > 0
            && list.checked.with(|checked| {
                list.items.with(|items| items.iter().filter_map(Item::row).all(|row| checked.contains(&row.entry.fingerprint_sha256)))
            })
    };
    let some = move || list.checked.with(|checked| !checked.is_empty());
    view! {
        <input type="checkbox" class="cb" aria-label="Select all that are shown" prop:checked=all prop:indeterminate=move || some() && !all()
            on:change=move |event| {
                if event_target_checked(&event) {
                    list.items.with_untracked(|items| list.checked.update(|checked| checked.extend(items.iter().filter_map(Item::row).map(|row| row.entry.fingerprint_sha256.clone()))));
                } else {
                    list.checked.update(std::collections::HashSet::clear);
                }
            }/>
    }
}

fn head(app: App, column: Column, name: &'static str, class: &'static str) -> View {
    let order = app.list.order;
    let sorted = move || {
        let (by, descending) = order.get();
        (by == column).then_some(if descending { "descending" } else { "ascending" })
    };
    let arrow = move || match sorted() {
        Some("ascending") => " ↑",
        Some(_) => " ↓",
        None => "",
    };
    view! { <th scope="col" class=class aria-sort=sorted><button type="button" class="sort" on:click=move |_| app.list.sort_by(column)>{name}<span aria-hidden="true">{arrow}</span></button></th> }
}

fn line(app: App, db: &Arc<str>, index: usize, item: Item, tip: Tip) -> View {
    match item {
        Item::Group(name, count) => {
            let words = if name == "itself" { "Self-issued".to_owned() } else { name };
            view! { <tr class="grp"><td colspan=app.list.columns.with_untracked(|columns| columns.len() + 2).to_string()>{words}<span>{count}</span></td></tr> }
        }
        Item::Row(row) => certificate(app, db, index, &row, tip),
    }
}

fn certificate(app: App, db: &Arc<str>, index: usize, row: &Arc<Row>, tip: Tip) -> View {
    let list = app.list;
    let id = StoredValue::new(row.entry.fingerprint_sha256.clone());
    let href = Place::Certificate(db.to_string(), row.entry.fingerprint_sha256.clone()).path();
    let selected = Memo::new(move |_| list.cursor.with(|cursor| id.with_value(|id| cursor.as_ref() == Some(id))));
    let checked = Memo::new(move |_| list.checked.with(|checked| id.with_value(|id| checked.contains(id))));
    let staged = Memo::new(move |_| app.staged.changes.with(|changes| id.with_value(|id| changes.contains_key(id))));
    let open = href.clone();
    let click = move |event: web_sys::MouseEvent| {
        if event.shift_key() {
            list.check_range(&id.get_value());
        }
        list.cursor.set(Some(id.get_value()));
        if browser::is_narrow() {
            app.destination.set(Some(open.clone()));
        }
    };
    let double = href.clone();
    let cells: Vec<View> = list.columns.with_untracked(|shown| {
        COLUMNS
            .iter()
            .filter(|(column, ..)| shown.contains(column))
            .map(|(column, _, class, _)| cell(app, *column, class, row, &href, tip, selected))
            .collect()
    });
    let name = ["Select ", &row.name].concat();
    view! {
        <tr aria-rowindex=(index + 2).to_string() aria-selected=move || selected.get().to_string() class:checked=checked class:staged=staged
            on:click=click on:dblclick=move |_| app.destination.set(Some(double.clone()))>
            <td on:click=|event| event.stop_propagation()>
                <label class="hit"><input type="checkbox" class="cb" aria-label=name prop:checked=checked on:click=move |event: web_sys::MouseEvent| {
                    if event.shift_key() { list.check_range(&id.get_value()); } else { list.toggle(&id.get_value()); }
                    list.cursor.set(Some(id.get_value()));
                }/></label>
            </td>
            {cells}
            <td class="rest"></td>
        </tr>
    }
}

fn cell(app: App, column: Column, class: &'static str, row: &Arc<Row>, href: &str, tip: Tip, selected: Memo<bool>) -> View {
    let muted = [class, " muted"].concat();
    match column {
        Column::Expires => {
            let row = Arc::clone(row);
            view! { <td class=class>{move || life_cell(&row, app.now.get())}</td> }
        }
        Column::Date => {
            view! { <td class=muted>{if row.view.is_ok() { clock::date(clock::at(row.not_after)) } else { String::new() }}</td> }
        }
        Column::Nickname => {
            view! { <td class=class title=row.name.clone()><a href=href.to_owned() on:click=|event| event.stop_propagation()>{row.name.clone()}</a></td> }
        }
        Column::Subject => {
            let more = (row.more_names > 0).then(|| view! { <span>{["+", &row.more_names.to_string()].concat()}</span> });
            view! { <td class=muted><span class="pair"><span class="cut">{row.subject.clone()}</span>{more}</span></td> }
        }
        Column::Issuer => view! { <td class=muted>{row.issuer.clone()}</td> },
        Column::Key => {
            let class = if row.weak_key() { [class, " bad"].concat() } else { muted };
            view! { <td class=class>{row.key.clone()}</td> }
        }
        Column::Usage => view! { <td class=muted>{row.usage.clone()}</td> },
        Column::Trust => view! { <td class=class>{trust_cell(row.trust, tip, selected.into())}</td> },
        Column::Issues => {
            let count = app.list.issued.with_untracked(|issued| issued_by(row, issued));
            let words = match count {
                0 => "none".to_owned(),
                _ => [&count.to_string(), " here"].concat(),
            };
            view! { <td class=if count == 0 { [class, " faint"].concat() } else { class.to_owned() }>{words}</td> }
        }
        Column::Serial => {
            view! { <td class=[&muted, " mono"].concat()>{row.view.as_ref().map(|view| view.serial_number.clone()).unwrap_or_default()}</td> }
        }
        Column::Fingerprint => view! { <td class=[&muted, " mono"].concat()>{row.entry.fingerprint_sha256.clone()}</td> },
    }
}

/// Brings a line into sight.
pub fn reveal(index: usize) {
    sight::reveal(ids::CERTIFICATE_LIST, index, row_height());
}
