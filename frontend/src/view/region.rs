//! A region that is drawn anew when a signal in it changes.

use leptos::prelude::{StoredValue, document};
use leptos::reactive::effect::RenderEffect;

use super::content::View;
use super::value::Value;

/// Runs `run` now and after each change of a signal that it reads, with what it answered before, for as long as the present owner lives. All
/// that follows a signal comes through here, so that the machinery of effects is compiled once.
#[inline(never)]
pub fn follow(run: Box<dyn FnMut(Option<Value>) -> Value>) {
    StoredValue::new_local(RenderEffect::new(run));
}

/// Draws `content` between two marks, now and after each change of a signal that it reads.
#[inline(never)]
pub fn region(content: Box<dyn Fn() -> View>) -> View {
    let document = document();
    let fragment = document.create_document_fragment();
    let (first, last) = (document.create_comment(""), document.create_comment(""));
    let _ = fragment.append_child(&first).and_then(|_| fragment.append_child(&last));
    follow(Box::new(move |before| {
        let now = content();
        if before.is_some() {
            clear(&first, &last);
        }
        if let Some(parent) = last.parent_node() {
            let _ = parent.insert_before(&now.0, Some(&last));
        }
        Value::Absent
    }));
    View(fragment.into())
}

/// Takes out what stands between two nodes of one parent.
fn clear(first: &web_sys::Node, last: &web_sys::Node) {
    let Some(parent) = first.parent_node() else { return };
    while let Some(node) = first.next_sibling() {
        if node.is_same_node(Some(last)) {
            break;
        }
        let _ = parent.remove_child(&node);
    }
}
