//! Usages to tick, each by its words.

use crate::view::*;
use certdeck_shared::request::EXTENDED_KEY_USAGES;
use certdeck_shared::x509::usage::{self, KEY_USAGES};

/// Key usage and extended key usage; what is ticked stands in the place of what the template gives.
pub fn usage_boxes(key_usage: RwSignal<Vec<String>>, extended_key_usage: RwSignal<Vec<String>>) -> View {
    view! {
        <h4 class="note">"Key usage"</h4>
        <div class="usages">{boxes(key_usage, KEY_USAGES.iter().map(|name| (*name, usage::key_word(name))).collect())}</div>
        <h4 class="note">"Extended key usage"</h4>
        <div class="usages">{boxes(extended_key_usage, EXTENDED_KEY_USAGES.iter().map(|(name, _)| (*name, usage::extended_word(name))).collect())}</div>
    }
}

fn boxes(chosen: RwSignal<Vec<String>>, all: Vec<(&'static str, &'static str)>) -> Vec<View> {
    let one = |(name, words): (&'static str, &'static str)| {
        let change = move |event: web_sys::Event| {
            let on = event_target_checked(&event);
            let mut now = chosen.get_untracked();
            now.retain(|usage| usage != name);
            if on {
                now.push(name.to_owned());
            }
            chosen.set(now);
        };
        let checked = move || chosen.with(|chosen| chosen.iter().any(|usage| usage == name));
        view! { <label class="check"><input type="checkbox" class="cb" prop:checked=checked on:change=change/><span title=name>{words}</span></label> }
    };
    all.into_iter().map(one).collect()
}
