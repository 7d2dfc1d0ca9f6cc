//! Where the key of a new request lives.

use crate::view::*;
use certdeck_shared::api::key::{CreatedKey, Key};

use super::draft::Draft;
use crate::components::form::faults::Faults;
use crate::components::form::field::{Field, Note};
use crate::components::form::submission::Load;
use crate::components::x509::keys::key_options;
use crate::ids;

const ALGORITHMS: &[(&str, &str)] = &[
    ("ec-p256", "EC P-256"),
    ("ec-p384", "EC P-384"),
    ("ec-p521", "EC P-521"),
    ("ed25519", "Ed25519"),
    ("rsa-2048", "RSA 2048"),
    ("rsa-3072", "RSA 3072"),
    ("rsa-4096", "RSA 4096"),
];

/// Browsers differ on P-521.
const IN_BROWSERS: &[(&str, &str)] = &[
    ("ec-p256", "EC P-256"),
    ("ec-p384", "EC P-384"),
    ("ed25519", "Ed25519"),
    ("rsa-2048", "RSA 2048"),
    ("rsa-3072", "RSA 3072"),
    ("rsa-4096", "RSA 4096"),
];

const KEEPS: &[(&str, &str)] = &[
    ("until-answered", "Keep here, save as PKCS#12 with the answer"),
    ("file", "Save now as encrypted PKCS#8, keep nothing"),
    ("here", "Keep here for ever, cannot be taken out"),
];

const PLACES: [(&str, &str, &str); 3] = [
    ("new", "New key here", "Made in the database, never leaves it."),
    ("existing", "Key that is here", "An orphan, or one to be used again."),
    ("browser", "This browser", "For another machine. The server never sees it."),
];

/// The section with its fields. `made` is the key of an earlier try.
pub fn section(draft: Draft, keys: RwSignal<Load<Vec<Key>>>, faults: Faults, made: RwSignal<Option<CreatedKey>>) -> View {
    let places: Vec<View> = PLACES
        .into_iter()
        .map(|(name, words, note)| {
            let checked = move || draft.place.with(|place| place == name);
            view! {
                <label>
                    <input class="cb" type="radio" name="key-place" value=name prop:checked=checked on:change=move |_| draft.place.set(name.to_owned())/>
                    <b>{words}</b><span class="note">{note}</span>
                </label>
            }
        })
        .collect();
    let fields = move || match draft.place.get().as_str() {
        "existing" => existing(draft, keys, faults),
        "browser" => browser(draft, faults),
        _ => {
            view! { {Field::select(ids::REQUEST_KEY, "Key", draft.algorithm, ALGORITHMS).class("field f2").faults(faults, "/algorithm").view()} }
        }
    };
    view! {
        <section class="sect"><h3>"Where the key lives"</h3>
            <div class="choice" role="radiogroup" aria-label="Where the key lives">{places}</div>
            <div class="form gap-top">
                {fields}
                {Field::text(ids::REQUEST_NICKNAME, "Nickname and key label", draft.nickname).class("field f4").placeholder("the common name").faults(faults, "/nickname").view()}
            </div>
            {move || made.with(Option::is_some).then(|| view! { <p class="note">"The key of the first try is there and will be used."</p> })}
        </section>
    }
}

/// Keys without certificate first.
fn existing(draft: Draft, keys: RwSignal<Load<Vec<Key>>>, faults: Faults) -> View {
    let options = move || {
        let Load::Ready(all) = keys.get() else { return vec![view! { <option value="">"…"</option> }] };
        let mut options = vec![view! { <option value="">{if all.is_empty() { "No key is here" } else { "Choose a key" }}</option> }];
        options.extend(key_options(all, str::to_owned, draft.existing));
        options
    };
    let said = move || faults.at("/key_id");
    view! {
        <div class="field f2">
            <label for=ids::REQUEST_EXISTING>"Key"</label>
            <select id=ids::REQUEST_EXISTING class="in" on:change=move |event| draft.existing.set(event_target_value(&event))>{options}</select>
            {move || said().map(|words| view! { <p class="note bad">{words}</p> })}
        </div>
    }
}

fn browser(draft: Draft, faults: Faults) -> View {
    let password = move || {
        draft.keep.with(|keep| keep == "file").then(|| {
            let short = Signal::derive(move || {
                let length = draft.password.with(|password| password.chars().count());
                (length < 8).then(|| Note::warn("At least 8 characters. The file is worth what its password is worth."))
            });
            Field::password(ids::REQUEST_PASSWORD, "Password of the file", draft.password, "new-password")
                .class("field f3")
                .note(short)
                .view()
        })
    };
    view! {
        {Field::select(ids::REQUEST_KEY, "Key", draft.algorithm, IN_BROWSERS).class("field f2").faults(faults, "/algorithm").view()}
        {Field::select(ids::REQUEST_KEEP, "What becomes of it", draft.keep, KEEPS).class("field f3").view()}
        {password}
    }
}
