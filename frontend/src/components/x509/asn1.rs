//! The ASN.1 tree beside the bytes: fold, walk, copy.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::view::*;
use certdeck_shared::hex::hex;
use certdeck_shared::x509::asn1::{Node, tree};
use leptos::task::spawn_local;

use crate::components::feedback::callout;
use crate::state::{browser, use_app};

/// From this number on, what lies deep is folded at first.
const MANY: usize = 300;
/// Deepest indentation the style sheet knows.
const DEEPEST: usize = 12;

/// Tree and bytes of a DER object.
pub fn structure(der: Vec<u8>) -> View {
    let nodes = match tree(&der) {
        Ok(nodes) => nodes,
        Err(error) => return callout("bad", view! { <b>"No ASN.1 can be read here."</b>" "{error.to_string()} }),
    };
    let folded: HashSet<usize> = if nodes.len() > MANY {
        nodes.iter().enumerate().filter(|(_, node)| node.has_children && node.depth >= 3).map(|(index, _)| index).collect()
    } else {
        HashSet::new()
    };
    let nodes = Arc::new(nodes);
    let der = Arc::new(der);
    let folded = RwSignal::new(folded);
    let chosen = RwSignal::new(0_usize);
    let app = use_app();
    let visible = {
        let nodes = Arc::clone(&nodes);
        Memo::new(move |_| folded.with(|folded| in_sight(&nodes, folded)))
    };
    let fold = {
        let nodes = Arc::clone(&nodes);
        move |index: usize, close: Option<bool>| {
            if nodes.get(index).is_some_and(|node| node.has_children) {
                folded.update(|folded| {
                    let is = folded.contains(&index);
                    if close.unwrap_or(!is) {
                        folded.insert(index)
                    } else {
                        folded.remove(&index)
                    };
                });
            }
        }
    };
    let key = {
        let (nodes, der, fold) = (Arc::clone(&nodes), Arc::clone(&der), fold.clone());
        move |event: web_sys::KeyboardEvent| {
            let here = chosen.get_untracked();
            let step = |by: isize| {
                visible.with_untracked(|visible| {
                    let place = visible.iter().position(|index| *index == here).unwrap_or(0);
                    let next = place.saturating_add_signed(by).min(visible.len().saturating_sub(1));
                    if let Some(index) = visible.get(next) {
                        chosen.set(*index);
                    }
                });
            };
            match event.key().as_str() {
                "ArrowDown" => step(1),
                "ArrowUp" => step(-1),
                "ArrowRight" => fold(here, Some(false)),
                "ArrowLeft"
                    if folded.with_untracked(|folded| folded.contains(&here)) || nodes.get(here).is_some_and(|node| !node.has_children) =>
                {
                    let depth = nodes.get(here).map_or(0, |node| node.depth);
                    if let Some(parent) = (0..here).rev().find(|index| nodes.get(*index).is_some_and(|node| node.depth < depth)) {
                        chosen.set(parent);
                    }
                }
                "ArrowLeft" => fold(here, Some(true)),
                " " | "Enter" => fold(here, None),
                "Home" => chosen.set(0),
                "End" => step(isize::MAX / 2),
                "c" if !event.ctrl_key() && !event.meta_key() => {
                    let Some(node) = nodes.get(here) else { return };
                    let text = hex(bytes_of(&der, node));
                    spawn_local(async move {
                        let done = browser::copy(&text).await;
                        app.announce(if done { "Copied the bytes" } else { "The browser refuses the clipboard here" });
                    });
                }
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
            request_animation_frame(|| {
                if let Ok(Some(line)) = document().query_selector(".asn li[aria-selected=true]") {
                    let options = web_sys::ScrollIntoViewOptions::new();
                    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                    line.scroll_into_view_with_scroll_into_view_options(&options);
                }
            });
        }
    };
    let lines = {
        let nodes = Arc::clone(&nodes);
        move || {
            visible
                .get()
                .into_iter()
                .filter_map(|index| {
                    let node = nodes.get(index)?;
                    let fold = fold.clone();
                    Some(line(index, node, folded, chosen, move || fold(index, None)))
                })
                .collect::<Vec<_>>()
        }
    };
    let count = nodes.len();
    let dump = move || nodes.get(chosen.get()).map(|node| hex_dump(&der, node));
    view! {
        <div class="sect-head"><h2>"Structure"</h2><span class="note">{format!("ASN.1, {count} elements. ")}<kbd>"Space"</kbd>" folds, "<kbd>"c"</kbd>" copies the bytes"</span></div>
        <div class="asn">
            <ol role="tree" tabindex="0" aria-label="ASN.1 elements" data-own-keys="" aria-activedescendant=move || format!("asn-{}", chosen.get()) on:keydown=key>{lines}</ol>
            <pre class="hex" tabindex="0" aria-label="Bytes" prop:innerHTML=move || dump().unwrap_or_default()></pre>
        </div>
    }
}

fn in_sight(nodes: &[Node], folded: &HashSet<usize>) -> Vec<usize> {
    let mut visible = Vec::with_capacity(nodes.len());
    let mut hidden_below: Option<usize> = None;
    for (index, node) in nodes.iter().enumerate() {
        if hidden_below.is_some_and(|depth| node.depth > depth) {
            continue;
        }
        hidden_below = folded.contains(&index).then_some(node.depth);
        visible.push(index);
    }
    visible
}

fn line(index: usize, node: &Node, folded: RwSignal<HashSet<usize>>, chosen: RwSignal<usize>, fold: impl Fn() + 'static) -> View {
    let class = format!("d{}", node.depth.min(DEEPEST));
    let is_folded = move || folded.with(|folded| folded.contains(&index));
    let has_children = node.has_children;
    let mark = move || match (has_children, is_folded()) {
        (true, true) => "▸ ",
        (true, false) => "▾ ",
        _ => "",
    };
    let field = node.field.map(|field| [" ", field].concat()).unwrap_or_default();
    let size = if node.has_children { format!(" {} bytes", node.length) } else { String::new() };
    let value = node.value.clone().map(|value| view! { " "<span class="v">{shortened(&value)}</span> });
    let damage = node.damage.as_ref().map(|damage| view! { " "<span class="bad">{damage.to_string()}</span> });
    view! {
        <li class=class id=format!("asn-{index}") role="treeitem" aria-level=(node.depth + 1).to_string() aria-selected=move || (chosen.get() == index).to_string()
            aria-expanded=move || has_children.then(|| (!is_folded()).to_string()) on:click=move |_| chosen.set(index) on:dblclick=move |_| fold()>
            {mark}{node.tag.to_string()}{field}<em>{size}{value}{damage}</em>
        </li>
    }
}

fn shortened(value: &str) -> String {
    if value.chars().count() <= 120 { value.to_owned() } else { value.chars().take(119).chain(['…']).collect() }
}

fn bytes_of<'a>(der: &'a [u8], node: &Node) -> &'a [u8] {
    der.get(node.offset..node.offset + node.header_length + node.length).unwrap_or_default()
}

/// At most this many lines of eight bytes are shown of one element.
const LINES: usize = 34;

/// Offset and bytes, the element marked, one line before and after it. Only hex digits: no text of the certificate gets into the markup.
fn hex_dump(der: &[u8], node: &Node) -> String {
    let whole = node.header_length + node.length;
    let (from, to) = (node.offset, node.offset + whole);
    let mut text = format!("<em>offset 0x{from:04x}, {} bytes: {} header, {} content</em>\n", whole, node.header_length, node.length);
    let first = (from / 8).saturating_sub(1);
    let last = to.div_ceil(8) + 1;
    for row in (first..last).take(LINES) {
        let start = row * 8;
        if start >= der.len() {
            break;
        }
        let _ = write!(text, "{start:04x}  ");
        let mut inside = None;
        for (index, byte) in der.iter().enumerate().skip(start).take(8) {
            let now = (from..to).contains(&index);
            if inside != Some(now) {
                text.push_str(match inside {
                    Some(true) => "</mark>",
                    Some(false) => "</em>",
                    None => "",
                });
                if index > start {
                    text.push(' ');
                }
                text.push_str(if now { "<mark>" } else { "<em>" });
                inside = Some(now);
            } else if index > start {
                text.push(' ');
            }
            let _ = write!(text, "{byte:02x}");
        }
        text.push_str(if inside == Some(true) { "</mark>\n" } else { "</em>\n" });
    }
    if last - first > LINES {
        let _ = writeln!(text, "<em>      {} bytes more</em>", to - (first + LINES) * 8);
    }
    text
}
