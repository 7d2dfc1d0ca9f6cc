//! Endpoints with means that are weak today: they do not hurry, and the first few are named.

use certdeck_shared::api::today::{Today, WeakEndpoint};

use crate::components::icon::state;
use crate::place::Place;
use crate::view::*;

/// The list with the way to all of them; nothing where none is weak.
pub fn weak(today: &Today) -> Option<View> {
    let rows: Vec<View> = today.weak.iter().map(row).collect();
    let all = ["All ", &today.watched.weak.to_string(), " in the matrix"].concat();
    let href = [Place::Endpoints.path(), "?filter=state:weak".to_owned()].concat();
    let rest = if today.watched.weak > rows.len() { all } else { "In the matrix".to_owned() };
    (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="weak">
                <div class="sect-head"><h3 id="weak">"Weak, and in no hurry"</h3><a class="push small" href=href>{rest}</a></div>
                <ul class="concerns">{rows}</ul>
            </section>
        }
    })
}

fn row(one: &WeakEndpoint) -> View {
    let (href, label) = (Place::Endpoint(one.endpoint.clone()).path(), ["Endpoint: ", &one.name].concat());
    view! {
        <li>
            {state("soon", "warn", "Weak")}
            <span><b>{one.name.clone()}</b><span>{one.words.clone()}</span></span>
            <a class="btn" href=href aria-label=label>"Endpoint"</a>
        </li>
    }
}
