//! `/notices` with its parts: one frame, and the part that the address names.

use certdeck_shared::glass::Action;

use super::notifying::{Notifying, Part};
use super::{board, calendar, channels, deliveries, list, policy};
use crate::components::data::glass::glass;
use crate::ids;
use crate::place::Place;
use crate::state::use_app;
use crate::view::*;

/// All parts: going from one to another keeps what was read.
pub fn notices_page() -> View {
    let notifying = Notifying::new(use_app());
    notifying.follow();
    let part = notifying.part;
    let content = move || {
        let part = part.get();
        untrack(|| match part {
            Part::Notices => list::notices(notifying),
            Part::Policy => policy::policy(notifying),
            Part::Channels => channels::channels(notifying),
            Part::Deliveries => deliveries::deliveries(notifying),
            Part::Calendar => calendar::calendar(notifying),
            Part::Board => board::board(notifying),
        })
    };
    view! { {content} }
}

/// The main pane of a part: title, what is done with the part, the ways to the others, the part, and the lines it stands for.
pub fn pane(
    notifying: Notifying,
    actions: impl IntoView,
    content: impl IntoView,
    foot: impl IntoView,
    stands_for: impl Fn() -> Action + Send + Sync + 'static,
) -> View {
    let parts = Part::ALL.map(|(part, name, words)| {
        let here = move || (notifying.part.get() == part).then_some("page");
        view! { <a class="chip" href=Place::Notices(name.to_owned()).path() aria-current=here>{words}</a> }
    });
    view! {
        <main class="pane" id=ids::MAIN tabindex="-1" aria-label="Notices">
            <div class="pane-head"><h2>"Notices"</h2>{actions.into_view()}</div>
            <nav class="row views" aria-label="Parts of notices"><div class="chips">{Vec::from(parts)}</div></nav>
            {content.into_view()}
            <div class="pane-foot">{foot.into_view()}</div>
            {glass(stands_for)}
        </main>
    }
}

/// For those who may only look.
pub fn for_administrators(words: &'static str) -> View {
    view! { <div class="pane-body"><section class="sect"><p class="muted">{words}</p></section></div> }
}
