//! The keys of a certificate's page.

use std::sync::Arc;

use super::asking::{Asking, ask};
use crate::ids;
use crate::pages::certificates::actions;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::row::Row;
use crate::state::{App, browser};
use crate::view::*;

/// The keys; j and k walk on in the list.
pub fn commands(app: App, db: Arc<str>, asking: RwSignal<Asking>, row: Memo<Option<Arc<Row>>>) -> Vec<Command> {
    const GROUP: &str = "Certificate";
    let walk = {
        let db = Arc::clone(&db);
        move |by: isize| {
            app.list.step(by);
            if let Some(cursor) = app.list.cursor.get_untracked() {
                app.go(&Place::Certificate(db.to_string(), cursor));
            }
        }
    };
    let back = move || app.go(&Place::Certificates(db.to_string()));
    let (next, previous, escape) = (walk.clone(), walk, back.clone());
    vec![
        Command::new("j", "Next certificate", GROUP, move || next(1)),
        Command::new("k", "Previous certificate", GROUP, move || previous(-1)),
        Command::new("u", "Back to the list", GROUP, back),
        Command::new("/", "Filter", GROUP, || browser::focus(ids::FILTER)),
        Command::new("t", "Edit trust", GROUP, focus_matrix),
        Command::new("e", "Export as PEM", GROUP, move || {
            if let Some(row) = row.get_untracked() {
                actions::export_pem(app, &[row])
            }
        }),
        Command::new("x", "Export with key, or as a bundle", GROUP, move || {
            if app.may_write() {
                ask(asking, Asking::Export);
            }
        }),
        Command::new("F2", "Rename", GROUP, move || ask(asking, Asking::Name)),
        Command::new("#", "Delete", GROUP, move || ask(asking, Asking::Deletion)),
        Command::new("Ctrl+Enter", "Apply staged changes", GROUP, move || actions::apply_trust(app)),
        Command::new("Escape", "Close what is asked, else back to the list", GROUP, move || {
            if asking.get_untracked() == Asking::Nothing { escape() } else { asking.set(Asking::Nothing) }
        }),
    ]
}

/// Brings the matrix of trust into view, with the focus on its first box.
pub fn focus_matrix() {
    use wasm_bindgen::JsCast;
    if let Some(head) = document().get_element_by_id(ids::TRUST_MATRIX) {
        head.scroll_into_view_with_bool(false);
    }
    if let Ok(Some(first)) = document().query_selector(".matrix input")
        && let Ok(first) = first.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = first.focus();
    }
}
