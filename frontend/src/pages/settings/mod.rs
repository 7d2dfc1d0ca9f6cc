//! Settings.

use leptos::prelude::*;

/// Settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! { <div class="panes"><main class="pane"></main></div> }
}
