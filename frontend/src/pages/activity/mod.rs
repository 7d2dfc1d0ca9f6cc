//! Activity.

use leptos::prelude::*;

/// Activity.
#[component]
pub fn ActivityPage() -> impl IntoView {
    view! { <div class="panes"><main class="pane"></main></div> }
}
