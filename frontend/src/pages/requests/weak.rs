//! What is weak about the draft, each with a tick that says it is wanted.

use crate::view::*;
use certdeck_shared::request::{self, Weakness};

use super::draft::Draft;

/// The weaknesses of the request as it would be; none while the form has faults.
pub fn of(draft: Draft) -> Vec<Weakness> {
    let der = request::draft(&draft.form(), draft.key_algorithm());
    let Some(mut view) = der.ok().and_then(|der| request::view(&der).ok()) else { return Vec::new() };
    // A key that is there may be of a size that is not made any more.
    if let Some(bits) = draft.existing_rsa_bits() {
        view.public_key.algorithm = "RSA".into();
        view.public_key.bits = bits;
    }
    request::weaknesses(&view)
}

/// The section; nothing when nothing is weak.
pub fn section(draft: Draft, found: &[Weakness]) -> View {
    if found.is_empty() {
        return View::nothing();
    }
    let rows: Vec<View> = found
        .iter()
        .map(|weakness| {
            let (id, other) = (weakness.id.clone(), weakness.id.clone());
            let checked = move || draft.accept.with(|accepted| accepted.contains(&id));
            let change = move |event: web_sys::Event| {
                let on = event_target_checked(&event);
                draft.accept.update(|accepted| {
                    accepted.retain(|id| *id != other);
                    if on {
                        accepted.push(other.clone());
                    }
                });
            };
            view! {
                <p>{weakness.words.clone()}</p>
                <label class="check"><input type="checkbox" class="cb" prop:checked=checked on:change=change/><span>"Make it nevertheless "<code class="faint small">{weakness.id.clone()}</code></span></label>
            }
        })
        .collect();
    view! { <section class="sect stack"><h3>"Weak choices"</h3>{rows}</section> }
}
