//! A list whose rows stay what they are while their key does.

use std::collections::HashMap;
use std::hash::Hash;

use leptos::prelude::{Owner, StoredValue, document, untrack};
use leptos::reactive::effect::RenderEffect;

use super::content::View;

/// A row that is in the document.
struct Row {
    node: web_sys::Node,
    /// Ends what the row follows when the row goes.
    _owner: Owner,
}

/// Draws a row, one element, for each item; those whose key stays are kept and moved where they have to.
pub fn keyed<T, K>(items: impl Fn() -> Vec<T> + 'static, key: impl Fn(&T) -> K + 'static, row: impl Fn(T) -> View + 'static) -> View
where
    T: 'static,
    K: Eq + Hash + 'static,
{
    let fragment = document().create_document_fragment();
    let last: web_sys::Node = document().create_comment("").into();
    let _ = fragment.append_child(&last);
    // The rows outlive a run of the effect, so they belong to who owns the list.
    let owner = Owner::current().unwrap_or_default();
    let effect = RenderEffect::new(move |before: Option<HashMap<K, Row>>| {
        let wanted: Vec<(K, T)> = items().into_iter().map(|item| (key(&item), item)).collect();
        let mut old = before.unwrap_or_default();
        let mut rows = HashMap::with_capacity(wanted.len());
        let mut order = Vec::with_capacity(wanted.len());
        for (key, item) in wanted {
            let row = old.remove(&key).unwrap_or_else(|| untrack(|| drawn(&owner, || row(item))));
            order.push(row.node.clone());
            rows.insert(key, row);
        }
        for gone in old.into_values() {
            take_out(&gone.node);
        }
        put_in_order(&order, &last);
        rows
    });
    StoredValue::new_local(effect);
    View(fragment.into())
}

fn drawn(owner: &Owner, row: impl FnOnce() -> View) -> Row {
    let own = owner.child();
    let node = own.with(row).0;
    Row { node, _owner: own }
}

fn take_out(node: &web_sys::Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

/// From the last to the first, so that a row that already stands before its successor is left alone.
fn put_in_order(order: &[web_sys::Node], last: &web_sys::Node) {
    let Some(parent) = last.parent_node() else { return };
    let mut next = last.clone();
    for node in order.iter().rev() {
        if !node.next_sibling().is_some_and(|after| after.is_same_node(Some(&next))) {
            let _ = parent.insert_before(node, Some(&next));
        }
        next = node.clone();
    }
}
