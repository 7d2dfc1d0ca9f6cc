//! The field that filters a list.

use wasm_bindgen::JsCast;

use crate::components::icon::icon;
use crate::view::*;

/// The field. Escape empties it; after Enter the keys are the list's again. `title` says which fields a word may narrow to.
pub fn search(id: &'static str, filter: RwSignal<String>, placeholder: &'static str, title: &'static str) -> View {
    let key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            filter.set(String::new());
        } else if !matches!(event.key().as_str(), "Enter" | "ArrowDown") {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        if let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.blur();
        }
    };
    view! {
        <div class="search" role="search">
            {icon("search")}
            <input class="in" id=id type="search" placeholder=placeholder aria-label="Filter" autocomplete="off" spellcheck="false" title=title
                prop:value=move || filter.get() on:input=move |event| filter.set(event_target_value(&event)) on:keydown=key/>
            <kbd aria-hidden="true">"/"</kbd>
        </div>
    }
}
