//! Import.

use leptos::prelude::*;

/// Import.
#[component]
pub fn ImportPage(db: String) -> impl IntoView {
    let _ = db;
    view! { <div class="panes"><main class="pane"></main></div> }
}
