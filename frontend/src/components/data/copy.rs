//! Copying a value: the button says by itself whether it worked, where the eye is.

use crate::view::*;
use leptos::task::spawn_local;

use crate::components::icon::icon;
use crate::state::{browser, use_app};

/// A small button that copies `text`; `what` completes "Copy …".
pub fn copy_button(what: &str, text: impl Fn() -> String + 'static) -> View {
    let (done, act) = copying(text);
    let label = ["Copy ", what].concat();
    view! {
        <button class="copy" type="button" title=label.clone() aria-label=label on:click=move |_| act()>
            {move || icon(if done.get() { "check" } else { "copy" })}
        </button>
    }
}

/// A button with a word that copies `text`.
pub fn copy_wide(label: &'static str, text: impl Fn() -> String + 'static) -> View {
    let (done, act) = copying(text);
    view! {
        <button class="btn plain" type="button" on:click=move |_| act()>
            {move || icon(if done.get() { "check" } else { "copy" })}
            <span>{move || if done.get() { "Copied" } else { label }}</span>
        </button>
    }
}

fn copying(text: impl Fn() -> String + 'static) -> (RwSignal<bool>, impl Fn()) {
    let done = RwSignal::new(false);
    let app = use_app();
    let act = move || {
        let text = text();
        spawn_local(async move {
            if browser::copy(&text).await {
                app.announce("Copied");
                done.set(true);
                set_timeout(
                    move || {
                        let _ = done.try_set(false);
                    },
                    std::time::Duration::from_millis(1_600),
                );
            } else {
                app.announce("The browser refuses the clipboard here. Select the text instead.");
            }
        });
    };
    (done, act)
}
