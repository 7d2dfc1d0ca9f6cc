//! The glass box: the command lines and the REST call that an operation stands for. What they are says `certdeck_shared::glass`; the code that
//! draws them comes when somebody opens the box.

use std::sync::Arc;

pub use certdeck_shared::glass::Action;

use crate::chunks::{self, lazy_part};
use crate::components::icon::{icon, keys};
use crate::state::use_app;
use crate::view::*;

/// Says which operation the lines are wanted of; asked again whenever a signal that it reads changes.
pub type Asked = Arc<dyn Fn() -> Action + Send + Sync>;

/// The foot of a pane: a bar that opens the box, and the lines while it is open, which `App::glass` says for all panes.
pub fn glass(action: impl Fn() -> Action + Send + Sync + 'static) -> View {
    let app = use_app();
    drawer(Arc::new(action), app.glass)
}

/// The same inside a form that is open in a page: its own box.
pub fn glass_of_form(action: impl Fn() -> Action + Send + Sync + 'static) -> View {
    let open = RwSignal::new(false);
    let drawn = drawer(Arc::new(action), open);
    view! { <div class="glass-in-form">{drawn}</div> }
}

fn drawer(asked: Asked, open: RwSignal<bool>) -> View {
    (move || {
        let asked = Arc::clone(&asked);
        if open.get() {
            view! { <aside class="glass" aria-label="Command lines">{lazy_part(move || chunks::glass_lines(Arc::clone(&asked), open))}</aside> }
        } else {
            view! {
                <button class="glass-bar" type="button" aria-expanded="false" on:click=move |_| open.set(true)>
                    {icon("terminal")}<span>"Command lines"</span>{keys("`")}
                </button>
            }
        }
    })
    .into_view()
}
