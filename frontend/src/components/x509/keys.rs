//! Keys that are here, to choose one of.

use crate::view::*;
use certdeck_shared::api::key::Key;

/// An option for each key, those that nothing belongs to first; `value` is what the choice is called.
pub fn key_options(mut keys: Vec<Key>, value: fn(&str) -> String, chosen: RwSignal<String>) -> Vec<View> {
    keys.sort_by_key(|key| (!key.orphan, !key.certificates.is_empty()));
    let option = |key: Key| {
        let use_of = match (key.certificates.is_empty(), key.requests.is_empty()) {
            (false, _) => "has a certificate",
            (true, false) => "has a request",
            (true, true) => "orphan",
        };
        let name = key.label.as_deref().filter(|label| !label.is_empty()).unwrap_or(&key.id);
        let words = [&key.algorithm, " · ", use_of, " · ", name].concat();
        let (value, same) = (value(&key.id), value(&key.id));
        view! { <option value=value selected=move || chosen.with(|chosen| *chosen == same)>{words}</option> }
    };
    keys.into_iter().map(option).collect()
}
