//! How far a client gets, rung by rung, with cause and cure.

use certdeck_shared::api::endpoint::{Rung, RungState};

use super::words::{rung_mark, rung_words};
use crate::components::icon::toned_glyph;
use crate::view::*;

/// The rungs from the ground up.
pub fn ladder(rungs: &[Rung]) -> View {
    let rows: Vec<View> = rungs.iter().map(rung).collect();
    view! { <section class="sect"><h3>"How far it gets"</h3><ul class="checks">{rows}</ul></section> }
}

fn rung(rung: &Rung) -> View {
    let (name, tone, word) = rung_mark(rung.state);
    // What holds needs no more words than its name; what was seen there is one hover away.
    let holds = matches!(rung.state, RungState::Pass | RungState::Skipped);
    let seen = (!holds && !rung.words.is_empty()).then(|| view! { <span class="note">{rung.words.clone()}</span> });
    let cause = rung.cause.clone().map(|words| view! { <span class="note"><b>"Cause: "</b>{words}</span> });
    let cure = rung.cure.clone().map(|words| view! { <span class="note"><b>"Cure: "</b>{words}</span> });
    let title = Some(rung.words.clone()).filter(|words| !words.is_empty());
    view! {
        <li title=title>{toned_glyph(name, tone)}<span>{rung_words(rung.kind)}</span><span class=["w ", tone].concat()>{word}</span>{seen}{cause}{cure}</li>
    }
}
