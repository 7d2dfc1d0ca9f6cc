//! A file that is looked into here and sent nowhere.

use leptos::prelude::*;

/// The viewer.
pub fn viewer_page() -> AnyView {
    view! { <div class="panes"><main class="pane"></main></div> }.into_any()
}
