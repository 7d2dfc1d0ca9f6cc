//! The tries of a delivery: when, whether it was taken, what the other side answered.

use certdeck_shared::api::notice::{Delivery, Try};

use crate::components::icon::toned_glyph;
use crate::state::clock;
use crate::view::*;

/// The last one in a line, and what comes next.
pub fn last(delivery: &Delivery) -> String {
    let Some(last) = delivery.tries.last() else {
        return ["Written ", &clock::exact(delivery.created_at), ", not tried yet."].concat();
    };
    let count = match delivery.tries.len() {
        1 => String::new(),
        tries => [" Try ", &tries.to_string(), "."].concat(),
    };
    let next = delivery.next_try_at.map(|next| [" Again ", &clock::exact(next), "."].concat()).unwrap_or_default();
    [&clock::exact(last.at), ": ", &answer(last), ".", &count, &next].concat()
}

/// What came back, in words.
pub fn answer(tried: &Try) -> String {
    let said = tried.answer.trim().trim_end_matches('.');
    match (tried.taken, said.is_empty()) {
        (true, true) => "taken".to_owned(),
        (true, false) => ["taken, ", said].concat(),
        (false, true) => "not taken, without a word".to_owned(),
        (false, false) => ["not taken, ", said].concat(),
    }
}

/// All that are known, the newest first.
pub fn tries(delivery: &Delivery) -> View {
    let lines: Vec<View> = delivery
        .tries
        .iter()
        .rev()
        .map(|tried| {
            let (glyph, tone, word) = if tried.taken { ("ok", "ok", "Taken") } else { ("expired", "bad", "Not taken") };
            let said = if tried.answer.is_empty() { "The other side said nothing.".to_owned() } else { tried.answer.clone() };
            view! { <li>{toned_glyph(glyph, tone)}<span>{clock::exact(tried.at)}</span><span class=["w ", tone].concat()>{word}</span><span class="note break">{said}</span></li> }
        })
        .collect();
    if lines.is_empty() {
        view! { <p class="muted">"Not tried yet."</p> }
    } else {
        view! { <ul class="checks">{lines}</ul> }
    }
}
