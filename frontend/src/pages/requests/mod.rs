//! Requests.

use leptos::prelude::*;

/// Requests.
#[component]
pub fn RequestsPage(db: String) -> impl IntoView {
    let _ = db;
    view! { <div class="panes"><main class="pane"></main></div> }
}

/// Requests.
#[component]
pub fn NewRequestPage(db: String) -> impl IntoView {
    let _ = db;
    view! { <div class="panes"><main class="pane"></main></div> }
}

/// Requests.
#[component]
pub fn RequestPage(db: String, id: String) -> impl IntoView {
    let _ = db;
    let _ = id;
    view! { <div class="panes"><main class="pane"></main></div> }
}
