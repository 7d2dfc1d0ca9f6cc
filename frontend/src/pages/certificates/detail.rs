//! The detail.

use leptos::prelude::*;

/// One certificate.
pub fn detail_page(db: String, fingerprint: String) -> AnyView {
    let _ = (db, fingerprint);
    view! { <div class="panes"><main class="pane"></main></div> }.into_any()
}
