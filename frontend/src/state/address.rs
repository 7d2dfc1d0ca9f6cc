//! The address bar: the place follows it, and going somewhere moves it. A router would be a fifth of the page for what is one enum.

use crate::view::*;
use leptos::leptos_dom::helpers::window_event_listener_untyped;
use wasm_bindgen::{JsCast, JsValue};

use super::App;
use crate::place::Place;

/// Takes the place of the address, then follows the browser's own back and forth, links, and [`App::go`].
pub fn follow(app: App) {
    arrive(app);
    let _ = window_event_listener_untyped("popstate", move |_| arrive(app));
    let _ = window_event_listener_untyped("click", move |event| {
        if let Some(path) = event.dyn_ref::<web_sys::MouseEvent>().and_then(followed_link) {
            event.prevent_default();
            visit(app, &path);
        }
    });
    effect(move || {
        if let Some(path) = app.destination.get() {
            app.destination.set(None);
            visit(app, &path);
        }
    });
}

/// What the address asks for under a name, as in `?filter=state:weak`.
pub fn asked(name: &str) -> Option<String> {
    let query = window().location().search().ok()?;
    let mut pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(known, _)| *known == name)?;
    js_sys::decode_uri_component(value).ok().map(String::from)
}

fn arrive(app: App) {
    stand(app, &window().location().pathname().unwrap_or_default());
}

fn visit(app: App, path: &str) {
    if let Ok(history) = window().history() {
        // A history that is full (some browsers limit how often it may change) costs the way back, not the way there.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
    stand(app, path.split(['?', '#']).next().unwrap_or_default());
}

fn stand(app: App, path: &str) {
    let place = Place::of(path);
    if app.place.with_untracked(|before| *before != place) {
        app.place.set(place);
    }
}

/// Path, query and fragment of the link that a click follows inside the page. Clicks with a modifier, downloads, other windows and
/// other sites are the browser's.
fn followed_link(click: &web_sys::MouseEvent) -> Option<String> {
    let modified = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    if click.button() != 0 || modified || click.default_prevented() {
        return None;
    }
    let link = click.target()?.dyn_into::<web_sys::Element>().ok()?.closest("a[href]").ok()??;
    if link.has_attribute("download") || link.has_attribute("target") {
        return None;
    }
    let url = web_sys::Url::new(&link.dyn_into::<web_sys::HtmlAnchorElement>().ok()?.href()).ok()?;
    let is_here = window().location().origin().is_ok_and(|origin| origin == url.origin());
    is_here.then(|| [url.pathname(), url.search(), url.hash()].concat())
}
