//! One attribute: what it is, its value, and the keys and buttons that move it.

use crate::view::*;
use certdeck_shared::name::short_name;
use certdeck_shared::request::subject_attributes;

use super::{COMMON_NAME, Subject};
use crate::components::icon::icon;
use crate::state::{App, browser};

/// The row.
pub fn row(app: App, subject: Subject, id: u32) -> View {
    let oid = Memo::new(move |_| subject.holds(id).map(|row| row.oid).unwrap_or_default());
    let words = move || words(&oid.get());
    let name = |part: &str| format!("subject-{part}-{id}");
    let moved = move |event: &web_sys::Event, up: bool| {
        let Some(place) = subject.shift(id, up) else { return };
        let count = subject.count();
        app.announce(format!("{} is now {} of {count}", untrack(|| label(&oid.get())), place + 1));
        // What moves in the document loses the focus.
        refocus(event);
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        let up = event.key() == "ArrowUp";
        if event.alt_key() && (up || event.key() == "ArrowDown") {
            event.prevent_default();
            moved(&event, up);
        }
    };
    let remove = move |_| {
        subject.remove(id);
        browser::focus_soon(crate::ids::SUBJECT_ADD);
    };
    let placeholder = move || if oid.with(|oid| oid == COMMON_NAME) { "the first name" } else { "" };
    view! {
        <li class="subject-row" class:joined=move || subject.holds(id).is_some_and(|row| row.joined) on:keydown=pressed>
            <select class="in" id=name("attribute") aria-label=move || ["Attribute: ", &words()].concat()
                on:change=move |event| subject.choose(id, event_target_value(&event))>{move || options(&oid.get())}</select>
            <input class="in" id=name("value") type="text" autocomplete="off" spellcheck="false" autocapitalize="off" placeholder=placeholder
                aria-label=words prop:value=move || subject.holds(id).map(|row| row.value).unwrap_or_default()
                on:input=move |event| subject.type_value(id, event_target_value(&event))/>
            <span class="row-tools">
                <button class="btn plain icon" type="button" id=name("up") title="Alt+Up" aria-label=move || ["Move up: ", &words()].concat() on:click=move |event: web_sys::MouseEvent| moved(&event, true)>{icon("up")}</button>
                <button class="btn plain icon" type="button" id=name("down") title="Alt+Down" aria-label=move || ["Move down: ", &words()].concat() on:click=move |event: web_sys::MouseEvent| moved(&event, false)>{icon("down")}</button>
                <button class="btn plain icon" type="button" aria-label=move || ["Remove: ", &words()].concat() on:click=remove>{icon("close")}</button>
            </span>
        </li>
    }
}

/// `Common name (CN)`; a dotted identifier as it is.
fn words(oid: &str) -> String {
    match subject_attributes().find(|(known, _)| *known == oid) {
        Some((_, words)) => {
            let mut letters = words.chars();
            let first: String = letters.next().map(char::to_uppercase).into_iter().flatten().collect();
            [&first, letters.as_str(), " (", &label(oid), ")"].concat()
        }
        None => label(oid),
    }
}

/// `CN · common name`: in a narrow list the letters are what is left of it.
fn in_list(oid: &str) -> String {
    match subject_attributes().find(|(known, _)| *known == oid) {
        Some((_, words)) => [&label(oid), " · ", words].concat(),
        None => label(oid),
    }
}

/// `CN`.
fn label(oid: &str) -> String {
    short_name(oid).unwrap_or(oid).to_owned()
}

/// Those with a name, and the chosen one when it has none.
fn options(chosen: &str) -> Vec<View> {
    let option = |oid: &str| view! { <option value=oid.to_owned() selected=oid == chosen>{in_list(oid)}</option> };
    let other = Some(chosen).filter(|_| !subject_attributes().any(|(known, _)| known == chosen));
    subject_attributes().map(|(oid, _)| oid).chain(other).map(option).collect()
}

/// Goes back to where the event came from, once the rows stand in their new order.
fn refocus(event: &web_sys::Event) {
    let target: web_sys::Element = event_target(event);
    let button = target.closest("button, input, select").ok().flatten();
    let id = button.map(|element| element.id()).unwrap_or_default();
    request_animation_frame(move || {
        browser::focus_in_place(&id);
    });
}
