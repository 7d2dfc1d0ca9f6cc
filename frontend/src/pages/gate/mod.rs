//! Gate.

use leptos::prelude::*;

/// Gate.
#[component]
pub fn StartPage() -> impl IntoView {
    view! { <div class="panes"><main class="pane"></main></div> }
}

/// Gate.
#[component]
pub fn SetupPage() -> impl IntoView {
    view! { <div class="panes"><main class="pane"></main></div> }
}

/// Gate.
#[component]
pub fn SignInPage() -> impl IntoView {
    view! { <div class="panes"><main class="pane"></main></div> }
}
