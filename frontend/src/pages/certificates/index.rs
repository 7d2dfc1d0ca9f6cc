//! The column of certificates beside a detail: the same order, filter and cursor as the list.

use crate::view::*;
use leptos::ev;

use super::head::search;
use crate::components::icon::{glyph, hint};
use crate::components::x509::life::standing;
use crate::ids;
use crate::place::Place;
use crate::state::App;
use crate::state::list::Item;

/// Height of an entry; the style sheet says the same.
const HEIGHT: f64 = 50.0;

/// The column. Only what is in sight is in the document.
pub fn index(app: App, db: String) -> View {
    let list = app.list;
    let body = NodeRef::<web_sys::HtmlElement>::new();
    let range = RwSignal::new((0_usize, 40_usize));
    let look = move || {
        let Some(body) = body.get_untracked() else { return };
        let first = (f64::from(body.scroll_top()) / HEIGHT) as usize;
        let last = first + (f64::from(body.client_height()) / HEIGHT) as usize + 12;
        range.set((first.saturating_sub(10), last));
    };
    let resized = window_event_listener(ev::resize, move |_| look());
    on_cleanup(move || resized.remove());
    // The chosen one is always in sight.
    effect(move || {
        list.cursor.track();
        list.items.track();
        let position = list.position();
        if let (Some(body), Some(position)) = (body.get(), position) {
            let top = (position as f64 * HEIGHT) as i32;
            let (from, sight) = (body.scroll_top(), body.client_height());
            if top < from || top + HEIGHT as i32 > from + sight {
                body.set_scroll_top(top - sight / 3);
            }
        }
        request_animation_frame(look);
    });
    let entries = move || {
        let (first, last) = range.get();
        list.items.with(|items| {
            let last = last.min(items.len());
            items[first.min(last)..last].to_vec()
        })
    };
    let total = move || list.items.with(|items| items.len());
    view! {
        <nav class="pane quiet" aria-label="Certificates">
            <div class="pane-head">{search(app, "Filter", ids::FILTER)}</div>
            <div class="pane-body idx" node_ref=body on:scroll=move |_| look()>
                <div style:height=move || format!("{:.0}px", range.get().0.min(total()) as f64 * HEIGHT)></div>
                {keyed(entries, |item| (item.key(), item.row().map(|row| row.entry.trust.clone())), move |item| entry(app, &db, item))}
                <div style:height=move || format!("{:.0}px", total().saturating_sub(range.get().1) as f64 * HEIGHT)></div>
            </div>
            <div class="pane-foot">{hint("j k", "next, previous")}{hint("u", "list")}</div>
        </nav>
    }
}

fn entry(app: App, db: &str, item: Item) -> View {
    let Item::Row(row) = item else {
        let Item::Group(name, count) = item else { return View::nothing() };
        return view! { <div class="idx-group">{name}" "<span class="faint">{count}</span></div> };
    };
    let id = StoredValue::new(row.entry.fingerprint_sha256.clone());
    let here = Memo::new(move |_| app.list.cursor.with(|cursor| id.with_value(|id| cursor.as_ref() == Some(id))));
    let staged = move || app.staged.changes.with(|changes| id.with_value(|id| changes.contains_key(id)));
    let standing = standing(&row, app.now.get_untracked());
    let tone = if standing.tone == "ok" { "off" } else { standing.tone };
    let subject = if row.more_names > 0 { format!("{} +{}", row.subject, row.more_names) } else { row.subject.clone() };
    view! {
        <a href=Place::Certificate(db.to_owned(), row.entry.fingerprint_sha256.clone()).path() aria-current=move || here.get().then_some("true")>
            <span class=tone>{glyph(standing.glyph)}</span><b class="cut">{row.name.clone()}</b><span class="n">{standing.short}</span>
            <span class="sub cut">{move || staged().then(|| view! { <span class="warn">"staged · "</span> })}{subject}</span>
        </a>
    }
}
