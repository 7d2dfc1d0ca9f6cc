//! The list.

use leptos::prelude::*;

/// The list of certificates.
pub fn list_page(db: String) -> AnyView {
    let _ = db;
    view! { <div class="panes"><main class="pane"></main></div> }.into_any()
}
