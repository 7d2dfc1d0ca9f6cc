//! Fields of a map. Each takes its change when it is left, so that nothing is judged while it is typed.

use certdeck_shared::api::certificate_map::{MapChange, MapProperty};
use certdeck_shared::certmap::Map;

use super::page::Maps;
use crate::view::*;

/// A text that is always there.
pub fn text(label: &'static str, value: &str, note: &'static str, changed: impl Fn(String) + 'static) -> View {
    let value = value.to_owned();
    view! {
        <label class="field"><span class="lab">{label}</span>
            <input class="in mono" type="text" spellcheck="false" prop:value=value on:change=move |event| changed(event_target_value(&event))/>
            <span class="note">{note}</span></label>
    }
}

/// A property: not there, there without a value, or with one. The three mean different things.
pub fn property(maps: Maps, map: &Map, which: MapProperty) -> View {
    let value = map.value(which).map(str::to_owned);
    let (name, label) = (map.name.clone(), ["State of ", which.name(), " in ", &map.name].concat());
    let set = move |value: Option<String>| {
        let map = name.clone();
        maps.stage(match value {
            Some(value) => MapChange::SetProperty { map, property: which, value },
            None => MapChange::RemoveProperty { map, property: which },
        });
    };
    let choices = choices(which);
    let now = match value.as_deref() {
        None => "absent",
        Some("") if which == MapProperty::Verifycert => "on",
        Some("") => "empty",
        Some(value) if which == MapProperty::Verifycert => {
            if value.eq_ignore_ascii_case("off") {
                "off"
            } else {
                "on"
            }
        }
        Some(_) => "list",
    };
    let options: Vec<View> =
        choices.iter().map(|(key, words)| view! { <option value=*key selected=*key == now>{*words}</option> }).collect();
    let typed = StoredValue::new(value.clone().unwrap_or_default());
    let chosen = {
        let set = set.clone();
        move |event: web_sys::Event| match event_target_value(&event).as_str() {
            "absent" => set(None),
            "empty" => set(Some(String::new())),
            "list" => set(Some(first_of(which, &typed.get_value()))),
            word => set(Some(word.to_owned())),
        }
    };
    let field = (now == "list").then(|| {
        let (value, label) = (value.unwrap_or_default(), [which.name(), " of ", &map.name].concat());
        view! { <input class="in mono" type="text" spellcheck="false" aria-label=label prop:value=value on:change=move |event| set(Some(event_target_value(&event).trim().to_owned()))/> }
    });
    view! {
        <div class="field"><span class="lab">{which.name()}</span>
            <div class="row wrap"><select class="in" aria-label=label on:change=chosen>{options}</select>{field}</div>
            <span class="note">{note(which)}</span></div>
    }
}

/// What a list begins with when one is wanted.
fn first_of(which: MapProperty, typed: &str) -> String {
    match (typed, which) {
        ("", MapProperty::FilterComps) => "e".to_owned(),
        ("", MapProperty::CmapLdapAttr) => "certSubjectDN".to_owned(),
        ("", _) => "o, c".to_owned(),
        (typed, _) => typed.to_owned(),
    }
}

fn choices(which: MapProperty) -> &'static [(&'static str, &'static str)] {
    match which {
        MapProperty::DnComps => {
            &[("absent", "not there: the subject is the base"), ("empty", "empty: the whole tree"), ("list", "these attributes")]
        }
        MapProperty::FilterComps => &[("absent", "not there: every entry"), ("empty", "empty: every entry"), ("list", "these attributes")],
        MapProperty::Verifycert => &[("absent", "not there: off"), ("off", "off"), ("on", "on")],
        MapProperty::CmapLdapAttr => &[("absent", "not there"), ("empty", "empty"), ("list", "this attribute")],
    }
}

fn note(which: MapProperty) -> &'static str {
    match which {
        MapProperty::DnComps => "The base of the search, in the order of the subject: c, o, cn, l, st, ou, uid, dc, e.",
        MapProperty::FilterComps => "All of them must fit; e is compared with mail, and so is e=mail.",
        MapProperty::Verifycert => "Whether the entry's userCertificate;binary must be this very certificate.",
        MapProperty::CmapLdapAttr => "Attribute of the directory that holds the subject; it is asked first.",
    }
}
