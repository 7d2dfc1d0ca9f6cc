//! What stands in the place of a page while its chunk is on its way, and when it did not come.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::task::spawn_local;

use super::{Coming, Page, SplitLoaderError};
use crate::components::feedback::skeleton;
use crate::components::icon::glyph;
use crate::ids;
use crate::view::*;

#[derive(Clone, Copy)]
enum State {
    Coming,
    Here,
    Failed,
}

/// The page that `load` brings. A chunk that is there is drawn before the browser paints.
pub fn lazily<F>(load: impl Fn() -> F + 'static) -> View
where
    F: Future<Output = Result<Page, SplitLoaderError>> + 'static,
{
    drawn(Rc::new(move || Box::pin(load())), alone)
}

/// The same for a part of a page, which has a frame already.
pub fn lazy_part<F>(load: impl Fn() -> F + 'static) -> View
where
    F: Future<Output = Result<Page, SplitLoaderError>> + 'static,
{
    drawn(Rc::new(move || Box::pin(load())), |content| content)
}

fn drawn(load: Rc<dyn Fn() -> Coming>, frame: fn(View) -> View) -> View {
    let state = RwSignal::new(State::Coming);
    let page = Rc::new(RefCell::new(None));
    begin(&load, &page, state);
    (move || match state.get() {
        State::Coming => frame(skeleton(6)),
        State::Here => untrack(|| page.take().map_or_else(View::nothing, |page: Page| page())),
        State::Failed => {
            let (load, page) = (Rc::clone(&load), Rc::clone(&page));
            frame(failed(move || {
                state.set(State::Coming);
                begin(&load, &page, state);
            }))
        }
    })
    .into_view()
}

fn begin(load: &Rc<dyn Fn() -> Coming>, page: &Rc<RefCell<Option<Page>>>, state: RwSignal<State>) {
    let (coming, page) = (load(), Rc::clone(page));
    spawn_local(async move {
        state.set(match coming.await {
            Ok(drawing) => {
                page.replace(Some(drawing));
                State::Here
            }
            Err(_) => State::Failed,
        });
    });
}

fn alone(content: View) -> View {
    view! { <div class="panes"><main class="pane" id=ids::MAIN tabindex="-1">{content}</main></div> }
}

/// The loader does not tell an unreachable server from one that has another version of the page by now: both cures are offered. Reloading is
/// left to the user, because it drops what is staged.
fn failed(retry: impl Fn() + 'static) -> View {
    view! {
        <div class="empty" role="alert">
            <h3 class="state bad">{glyph("expired")}"This part of the page could not be loaded"</h3>
            <p class="muted">"The server cannot be reached, or it has a newer version of this page by now: then only reloading helps. Trust changes that are staged and not yet applied are lost by that."</p>
            <div class="row wrap">
                <button class="btn" type="button" on:click=move |_| retry()>"Try again"</button>
                <button class="btn" type="button" on:click=move |_| { let _ = window().location().reload(); }>"Reload the page"</button>
            </div>
        </div>
    }
}
