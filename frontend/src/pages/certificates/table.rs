//! The table: only the rows in sight are in the document, whatever their number.

use std::sync::Arc;

use crate::view::*;
use leptos::ev;

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

/// Rows kept beyond what is in sight, on either side.
const SPARE: usize = 10;

/// The table, in its scrolling box.
pub fn table(app: App, db: Arc<str>) -> View {
    let list = app.list;
    let body = NodeRef::<web_sys::HtmlElement>::new();
    let window_of_rows = RwSignal::new((0_usize, 40_usize));
    let tip: Tip = RwSignal::new(None);
    let look = move || {
        let Some(body) = body.get_untracked() else { return };
        let height = row_height();
        let sight = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0);
        let above = (-body.get_bounding_client_rect().top() / height).max(0.0) as usize;
        let first = above.saturating_sub(SPARE);
        let last = above + (sight / height) as usize + SPARE;
        if window_of_rows.get_untracked() != (first, last) {
            window_of_rows.set((first, last));
        }
    };
    let scrolled = window().add_event_listener_with_callback_and_bool(
        "scroll",
        &scroll_listener(move || {
            look();
            tip.set(None);
        }),
        true,
    );
    let _ = scrolled;
    let resized = window_event_listener(ev::resize, move |_| look());
    on_cleanup(move || resized.remove());
    effect(move || {
        list.items.track();
        body.track();
        request_animation_frame(look);
    });

    let total = move || list.items.with(|items| items.len());
    let visible = move || {
        let (first, last) = window_of_rows.get();
        list.items.with(|items| {
            let last = last.min(items.len());
            let first = first.min(last);
            items[first..last].iter().enumerate().map(|(index, item)| (first + index, item.clone())).collect::<Vec<_>>()
        })
    };
    let above = move || format!("{:.0}px", window_of_rows.get().0.min(total()) as f64 * row_height());
    let below = move || format!("{:.0}px", total().saturating_sub(window_of_rows.get().1) as f64 * row_height());
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
                <tbody class="pad" aria-hidden="true"><tr><td colspan=span style:height=above></td></tr></tbody>
                <tbody node_ref=body class="anchor" aria-hidden="true"></tbody>
                <tbody>
                    {keyed(visible, move |(_, item)| (item.key(), item_stamp(item), list.columns.with(Vec::len)), move |(index, item)| line(app, &db, index, item, tip))}
                </tbody>
                <tbody class="pad" aria-hidden="true"><tr><td colspan=span style:height=below></td></tr></tbody>
            </table>
        </div>
        {trust_tip(tip)}
    }
}

/// A listener that lives as long as its owner. Scrolling does not bubble, so it is caught on its way down.
fn scroll_listener(act: impl Fn() + 'static) -> js_sys::Function {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    let function: js_sys::Function = Closure::<dyn Fn()>::new(act).into_js_value().unchecked_into();
    let removed = SendFunction(function.clone());
    on_cleanup(move || removed.remove());
    function
}

/// The page has one thread; clean-up wants `Send`.
struct SendFunction(js_sys::Function);

impl SendFunction {
    fn remove(&self) {
        let _ = window().remove_event_listener_with_callback_and_bool("scroll", &self.0, true);
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
    use wasm_bindgen::JsCast;
    let Some(scroller) = document().get_element_by_id(ids::CERTIFICATE_LIST) else { return };
    let scroller: web_sys::HtmlElement = scroller.unchecked_into();
    let height = row_height() as i32;
    let top = i32::try_from(index).unwrap_or(i32::MAX / 64) * height;
    let (from, sight) = (scroller.scroll_top(), scroller.client_height() - 28 - height);
    if top < from {
        scroller.set_scroll_top(top);
    } else if top > from + sight {
        scroller.set_scroll_top(top - sight);
    }
}
