//! States of a pane that has nothing to show: empty, loading, failed; and callouts.

pub mod job;
pub mod stage;
pub mod undo;

use crate::view::*;

use super::icon::{glyph, toned_glyph};

/// Nothing is here: what so, and the way on.
pub fn empty(title: &'static str, words: impl Into<String>, actions: View) -> View {
    view! {
        <div class="empty">
            <h3>{title}</h3>
            <p class="muted">{words.into()}</p>
            <div class="row wrap">{actions}</div>
        </div>
    }
}

/// Rows that stand for what is on its way: the same height as what comes, so nothing jumps.
pub fn skeleton(rows: usize) -> View {
    let rows: Vec<View> = (0..rows).map(|_| view! { <li><i></i><i></i><i></i><i></i></li> }).collect();
    view! {
        <div role="status"><span class="sr">"Loading"</span><ul class="skeleton" aria-hidden="true">{rows}</ul></div>
    }
}

/// It failed: what is so, and a way to try again.
pub fn failure(title: &'static str, words: impl Into<String>, retry: Option<Callback<()>>) -> View {
    view! {
        <div class="empty" role="alert">
            <h3 class="state bad">{glyph("expired")}{title}</h3>
            <p class="muted">{words.into()}</p>
            {retry.map(|retry| view! { <div class="row"><button class="btn" on:click=move |_| retry.run(())>"Try again"</button></div> })}
        </div>
    }
}

/// A note with a bar in its tone: `warn`, `bad`, `live`, `ok`.
pub fn callout(tone: &'static str, content: impl IntoView) -> View {
    let name = match tone {
        "warn" => "soon",
        "bad" => "expired",
        "ok" => "ok",
        _ => "info",
    };
    view! { <div class=["callout ", tone].concat()>{toned_glyph(name, tone)}<div>{content}</div></div> }
}
