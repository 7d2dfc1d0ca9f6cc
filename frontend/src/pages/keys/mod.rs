//! Keys.

use leptos::prelude::*;

/// Keys.
#[component]
pub fn KeysPage(db: String) -> impl IntoView {
    let _ = db;
    view! { <div class="panes"><main class="pane"></main></div> }
}
