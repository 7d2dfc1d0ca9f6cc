//! Head of the list: filter, columns, import, request; and the saved views.

use crate::view::*;

use crate::components::icon::icon;
use crate::components::layout::bar::menu;
use crate::ids;
use crate::place::Place;
use crate::state::list::{COLUMNS, Column, VIEWS};
use crate::state::{App, browser};

/// Title, filter and what can be added.
pub fn head(app: App, db: &str) -> View {
    view! {
        <div class="pane-head">
            <h2>"Certificates"</h2>
            {search(app, "Filter: name, host, fingerprint, issuer:siroe", ids::FILTER)}
            <span class="push row tight">
                {columns(app)}
                <a class="btn" href=Place::Import(db.to_owned()).path()>{icon("import")}"Import "<kbd>"i"</kbd></a>
                <a class="btn" href=Place::Make(db.to_owned(), String::new()).path()>{icon("certificate")}"Make "<kbd>"m"</kbd></a>
                <a class="btn primary" href=Place::NewRequest(db.to_owned()).path()>{icon("plus")}"Request "<kbd>"n"</kbd></a>
            </span>
        </div>
    }
}

/// The filter field.
pub fn search(app: App, placeholder: &'static str, id: &'static str) -> View {
    let filter = app.list.filter;
    let key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            filter.set(String::new());
            crate::state::browser::focus(ids::CERTIFICATE_LIST);
            blur(&event);
        } else if event.key() == "Enter" || event.key() == "ArrowDown" {
            event.prevent_default();
            app.list.step(0);
            blur(&event);
        }
    };
    view! {
        <div class="search" role="search">
            {icon("search")}
            <input class="in" id=id type="search" placeholder=placeholder aria-label="Filter" autocomplete="off" spellcheck="false"
                title="Words must all be found. issuer: subject: host: key: usage: trust: serial: sha256: signature: narrow to a field; expires:<30d or expires:2027-03; is:ca, is:expired, is:weak, is:key; - in front turns it round."
                prop:value=move || filter.get() on:input=move |event| filter.set(event_target_value(&event)) on:keydown=key/>
            <kbd aria-hidden="true">"/"</kbd>
        </div>
    }
}

fn blur(event: &web_sys::KeyboardEvent) {
    use wasm_bindgen::JsCast;
    if let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.blur();
    }
}

fn columns(app: App) -> View {
    let list = app.list;
    menu("menu-end icon-menu wide-only", icon("columns"), "Columns and groups".to_owned(), move || {
        let boxes: Vec<View> = COLUMNS
            .iter()
            .filter(|(column, ..)| !matches!(column, Column::Expires | Column::Nickname))
            .map(|(column, name, ..)| {
                let column = *column;
                view! {
                    <label on:click=|event| event.stop_propagation()>
                        <input type="checkbox" class="cb" prop:checked=move || list.columns.with(|columns| columns.contains(&column)) on:change=move |_| list.toggle_column(column)/>{*name}
                    </label>
                }
            })
            .collect();
        view! {
            <h3>"Columns"</h3>
            {boxes}
            <hr/>
            <label on:click=|event| event.stop_propagation()>
                <input type="checkbox" class="cb" prop:checked=move || list.grouped.get() on:change=move |event| list.grouped.set(event_target_checked(&event))/>"Group by issuer"
            </label>
            <label on:click=|event| event.stop_propagation()>
                <input type="checkbox" class="cb" prop:checked=move || list.aside.get() on:change=move |event| list.set_aside(event_target_checked(&event))/>"Detail beside the list"
            </label>
            <p class="note">"What does not fit leaves by itself: date, usage, issuer."</p>
        }
    })
}

/// The saved views with their counts, and what the brush leaves.
pub fn views(app: App) -> View {
    let list = app.list;
    let counts = Memo::new(move |_| {
        let now = app.now.get();
        app.certificates.rows.with(|rows| VIEWS.map(|(view, _)| rows.iter().filter(|row| view.has(row, now)).count()))
    });
    let chips: Vec<View> = VIEWS
        .iter()
        .enumerate()
        .map(|(index, (view, name))| {
            let view = *view;
            view! {
                <button class="chip" type="button" aria-pressed=move || (list.view.get() == view).to_string() on:click=move |_| list.choose(view, app.now.get_untracked())>
                    {*name}" "<span>{move || counts.get()[index]}</span>
                </button>
            }
        })
        .collect();
    let reduced = move || {
        let filtered = list.brush.get().is_some() || !list.filter.with(String::is_empty);
        filtered.then(|| {
            let range = list.brush.get().map(super::axis::range_words);
            view! {
                <button class="chip push" type="button" on:click=move |_| list.show_all()>
                    <span>{range}</span>{move || format!("{} shown", list.shown.get())}{icon("close")}<span class="sr">"Show all"</span>
                </button>
            }
        })
    };
    view! { <div class="row views"><div class="chips" role="group" aria-label="Saved views">{chips}</div>{reduced}</div> }
}

/// Sets the width of the detail: by drag and by arrow keys.
pub fn splitter(app: App) -> View {
    let width = app.list.aside_width;
    let dragging = StoredValue::new(false);
    let set = move |pixels: i32| {
        let pixels = pixels.clamp(300, 640);
        width.set(pixels);
        browser::remember("aside-width", Some(&pixels.to_string()));
    };
    let capture = move |event: web_sys::PointerEvent| {
        use wasm_bindgen::JsCast;
        dragging.set_value(true);
        if let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: web_sys::PointerEvent| {
        if dragging.get_value() {
            let whole = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1_440.0);
            set(whole as i32 - event.client_x());
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" => 16,
            "ArrowRight" => -16,
            _ => return,
        };
        event.prevent_default();
        set(width.get_untracked() + step);
    };
    view! {
        <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Width of the detail" tabindex="0" aria-valuemin="300" aria-valuemax="640" aria-valuenow=move || width.get().to_string()
            on:pointerdown=capture on:pointermove=moved on:pointerup=move |_| dragging.set_value(false) on:keydown=key></div>
    }
}
