//! Icons and state glyphs. The drawings are symbols in index.html: they cost the WASM nothing.

use crate::view::*;

/// An icon of 16 units. Hidden from readers: the label of its button speaks.
pub fn icon(name: &'static str) -> View {
    symbol("i", "0 0 16 16", "#i-", name)
}

/// A state glyph of 12 units. A word always stands beside it.
pub fn glyph(name: &'static str) -> View {
    symbol("g", "0 0 12 12", "#g-", name)
}

/// A glyph in the colour of a tone: `ok`, `warn`, `bad`, `off`, `live`.
pub fn toned_glyph(name: &'static str, tone: &'static str) -> View {
    view! { <span class=tone>{glyph(name)}</span> }
}

fn symbol(class: &'static str, view_box: &'static str, prefix: &'static str, name: &'static str) -> View {
    view! { <svg class=class viewBox=view_box aria-hidden="true"><use href=[prefix, name].concat()></use></svg> }
}

/// Glyph and word of a state.
pub fn state(name: &'static str, tone: &'static str, word: impl Into<String>) -> View {
    view! { <span class=["state ", tone].concat()>{glyph(name)}{word.into()}</span> }
}

/// Keys, as they stand on a button or in a hint: `g c` becomes two.
pub fn keys(keys: &str) -> View {
    let parts: Vec<View> = keys
        .split([' ', '+'])
        .filter(|part| !part.is_empty())
        .map(|part| {
            let shown = match part {
                "Enter" => "↵",
                "Escape" => "Esc",
                "ArrowDown" => "↓",
                "ArrowUp" => "↑",
                other => other,
            };
            view! { <kbd>{shown.to_owned()}</kbd> }
        })
        .collect();
    view! { <span class="keys" aria-hidden="true">{parts}</span> }
}

/// A key and what it does, for the foot of a pane.
pub fn hint(key: &'static str, words: &'static str) -> View {
    view! { <span class="hint">{keys(key)}{words}</span> }
}
