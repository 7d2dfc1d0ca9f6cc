//! Work that is done again when a signal it reads changes.

/// As Leptos' effect of the same name, its machinery compiled once.
pub struct Effect;

impl Effect {
    /// Runs `run` soon, and again after each change, for as long as the present owner lives.
    pub fn new(mut run: impl FnMut() + 'static) {
        started(Box::new(move || run()));
    }
}

#[inline(never)]
fn started(mut run: Box<dyn FnMut()>) {
    leptos::prelude::Effect::new(move |_: Option<()>| run());
}
