//! Databases.

use leptos::prelude::*;

/// Databases.
#[component]
pub fn DatabasesPage() -> impl IntoView {
    view! { <div class="panes"><main class="pane"></main></div> }
}

/// Databases.
#[component]
pub fn NewDatabasePage() -> impl IntoView {
    view! { <div class="panes"><main class="pane"></main></div> }
}

/// Databases.
#[component]
pub fn RegisterDatabasePage() -> impl IntoView {
    view! { <div class="panes"><main class="pane"></main></div> }
}
