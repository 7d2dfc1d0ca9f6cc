//! An address that leads nowhere.

use crate::view::*;

use crate::components::feedback::empty;

/// Says so, and where to go.
pub fn unknown_page() -> View {
    view! {
        <div class="panes">
            <main class="pane" id=crate::ids::MAIN>
                {empty("Nothing is here", "The address names no page of this console.", view! { <a class="btn" href="/databases">"Databases"</a> })}
            </main>
        </div>
    }
}
