//! Snapshots.

use leptos::prelude::*;

/// Snapshots.
#[component]
pub fn SnapshotsPage(db: String) -> impl IntoView {
    let _ = db;
    view! { <div class="panes"><main class="pane"></main></div> }
}
