//! Work that is done again when a signal it reads changes.

/// Runs `run` soon, and again after each change, for as long as the present owner lives. The machinery of Leptos' effect is compiled once.
pub fn effect(run: impl FnMut() + 'static) {
    started(Box::new(run));
}

#[inline(never)]
fn started(mut run: Box<dyn FnMut()>) {
    leptos::prelude::Effect::new(move |_: Option<()>| run());
}
