//! Sending a form once at a time, and lists that wait for their answer.

use std::future::Future;
use std::pin::Pin;

use crate::view::*;
use certdeck_shared::api::client::ClientError;
use leptos::task::spawn_local;

use super::faults::Faults;
use crate::components::feedback::{failure, skeleton};
use crate::components::icon::{glyph, icon};
use crate::state::{App, use_app};

type LocalBoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// A form on its way.
#[derive(Clone, Copy)]
pub struct Submission {
    /// True while the answer is awaited.
    pub busy: RwSignal<bool>,
    /// What was refused.
    pub faults: Faults,
    app: App,
}

impl Submission {
    /// Nothing sent yet.
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), faults: Faults::new(), app: use_app() }
    }

    /// Sends, unless something is under way; shows the refusal or goes on with the answer.
    pub fn run<R: 'static>(self, call: impl Future<Output = Result<R, ClientError>> + 'static, then: impl FnOnce(R) + 'static) {
        self.send(Box::pin(async move {
            let answer = call.await?;
            Ok(Box::new(move || then(answer)) as Box<dyn FnOnce()>)
        }));
    }

    /// The part of [`Submission::run`] that is the same for every form, and so is in the module once.
    fn send(self, call: LocalBoxFuture<Result<Box<dyn FnOnce()>, ClientError>>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.faults.clear();
        spawn_local(async move {
            let answer = call.await;
            if self.busy.try_set(false).is_some() {
                // The page was left meanwhile; the refusal has no place any more.
                return;
            }
            match answer {
                Ok(then) => then(),
                Err(error) => {
                    self.app.note_error(&error);
                    self.faults.set(error);
                }
            }
        });
    }

    /// The button that sends: the verb, and the same with an arc while it is under way.
    pub fn button(self, symbol: &'static str, words: &'static str, ready: Signal<bool>) -> View {
        view! {
            <button class="btn primary" type="submit" disabled=move || self.busy.get() || !ready.get() aria-busy=move || self.busy.get().then_some("true")>
                {move || if self.busy.get() { view! { <span class="spin">{glyph("running")}</span> } } else { icon(symbol) }}
                {words}
                <kbd>"↵"</kbd>
            </button>
        }
    }
}

/// Something that is read from the server.
#[derive(Debug, Clone)]
pub enum Load<T> {
    /// Awaited.
    Waiting,
    /// Here.
    Ready(T),
    /// Refused, in words.
    Failed(String),
}

/// Reads something into its slot; what was there stays until the answer comes.
pub fn load<T: Send + Sync + 'static>(app: App, slot: RwSignal<Load<T>>, call: impl Future<Output = Result<T, ClientError>> + 'static) {
    let filled = Box::pin(async move {
        let (answer, error) = match call.await {
            Ok(value) => (Load::Ready(value), None),
            Err(error) => (Load::Failed(error.to_string()), Some(error)),
        };
        slot.try_set(answer);
        error
    });
    note(app, filled);
}

/// Runs a read to its end and looks at its error; in the module once for all types.
fn note(app: App, call: LocalBoxFuture<Option<ClientError>>) {
    spawn_local(async move {
        if let Some(error) = call.await {
            app.note_error(&error);
        }
    });
}

/// The view of a slot: rows that stand for what comes, the refusal with a way to try again, or `ready`.
pub fn loaded<T: Clone + Send + Sync + 'static>(
    slot: RwSignal<Load<T>>,
    rows: usize,
    retry: Callback<()>,
    ready: impl Fn(T) -> View + Send + 'static,
) -> View {
    let content = move || match slot.get() {
        Load::Waiting => skeleton(rows),
        Load::Failed(words) => failure("Could not be read", words, Some(retry)),
        Load::Ready(value) => ready(value),
    };
    view! { {content} }
}

/// Below 860 px, where the detail covers the list: the way back to it.
pub fn back_to_list(pushed: RwSignal<bool>) -> View {
    view! { <button class="btn plain icon narrow-only" type="button" aria-label="Back to the list" on:click=move |_| pushed.set(false)>{icon("back")}</button> }
}
