//! The chain as a path: root to leaf, wires say what signs.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::x509::chain::Ending;

use super::life::standing;
use super::relations::Relations;
use crate::components::icon::{glyph, state};
use crate::state::row::Row;

/// How many issued certificates stand in the path.
const LEAVES: usize = 4;

/// What a node says of itself.
fn node_state(row: &Row, now: i64) -> View {
    let standing = standing(row, now);
    match standing.tone {
        "ok" if row.trust.is_anchor() => state("ok", "ok", "Trust anchor"),
        "ok" => state("ok", "ok", "Valid"),
        _ => state(standing.glyph, standing.tone, if standing.word == "Distrust" { "Distrusted".to_owned() } else { standing.short }),
    }
}

fn missing(relations: &Relations) -> Option<String> {
    let first = relations.path.first()?.view.as_ref().ok()?;
    match relations.ending {
        Ending::Complete => None,
        Ending::MissingIssuer => Some(crate::state::row::short_name(&first.issuer)),
        Ending::Loop => Some("runs in a circle".to_owned()),
    }
}

/// Top to bottom, for a narrow pane.
pub fn mini_path(relations: &Relations, now: i64, href: impl Fn(&Row) -> String) -> View {
    let last = relations.path.len().saturating_sub(1);
    let mut parts: Vec<View> = Vec::new();
    if let Some(name) = missing(relations) {
        parts.push(
            view! { <span class="node gone"><b class="cut">{name}</b>{state("none", "off", "Not here")}</span><span class="drop"></span> },
        );
    }
    for (index, row) in relations.path.iter().enumerate() {
        if index > 0 {
            parts.push(view! { <span class="drop"></span> });
        }
        let class = if index == last { "node here" } else { "node" };
        let current = (index == last).then_some("true");
        parts.push(
            view! { <a class=class href=href(row) aria-current=current><b class="cut">{row.name.clone()}</b>{node_state(row, now)}</a> },
        );
    }
    if !relations.issued.is_empty() {
        parts.push(view! { <span class="drop"></span><span class="node quiet">{format!("issues {}", relations.issued.len())}</span> });
    }
    view! { <div class="path mini">{parts}</div> }
}

/// Left to right, with what it issued at the end.
pub fn wide_path(relations: &Relations, now: i64, href: impl Fn(&Row) -> String) -> View {
    let last = relations.path.len().saturating_sub(1);
    let mut parts: Vec<View> = Vec::new();
    if let (Some(name), Some(first)) = (missing(relations), relations.path.first()) {
        parts.push(
            view! { <span class="node gone"><b>{name}</b><span>"issuer"</span>{state("none", "off", "Not in this database")}</span> },
        );
        parts.push(wire("signs".to_owned(), signature(first)));
    }
    for (index, row) in relations.path.iter().enumerate() {
        if index > 0 {
            parts.push(wire("signs".to_owned(), signature(row)));
        }
        let class = if index == last { "node here" } else { "node" };
        let until =
            row.view.as_ref().map(|view| ["until ", &certdeck_shared::x509::life::date(view.not_after)].concat()).unwrap_or_default();
        parts.push(view! { <a class=class href=href(row) aria-current=(index == last).then_some("true")><b class="cut">{row.name.clone()}</b><span>{until}</span>{node_state(row, now)}</a> });
    }
    if let Some(first) = relations.issued.first() {
        parts.push(wire(format!("signs {}", relations.issued.len()), signature(first)));
        let leaves: Vec<View> = relations.issued.iter().take(LEAVES).map(|leaf| leaf_line(leaf, now, href(leaf))).collect();
        let more = relations.issued.len().saturating_sub(LEAVES);
        parts.push(
            view! { <div class="leaves">{leaves}{(more > 0).then(|| view! { <span class="more">{format!("{more} more")}</span> })}</div> },
        );
    }
    view! { <div class="path">{parts}</div> }
}

fn leaf_line(leaf: &Arc<Row>, now: i64, href: String) -> View {
    let standing = standing(leaf, now);
    let tone = if standing.tone == "ok" { "off" } else { standing.tone };
    let short = if standing.word == "Expired" { "expired".to_owned() } else { standing.short };
    view! { <a href=href><span class=tone>{glyph(standing.glyph)}</span><span class="cut">{leaf.name.clone()}</span><span class="push">{short}</span></a> }
}

fn wire(above: String, below: String) -> View {
    view! { <span class="wire">{above}<i></i>{below}</span> }
}

/// `SHA-256, RSA`.
fn signature(row: &Row) -> String {
    row.view.as_ref().map(|view| view.signature_algorithm.replace(" with ", ", ")).unwrap_or_default()
}
