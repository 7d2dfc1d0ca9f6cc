//! `/settings`.

use crate::view::*;
use certdeck_shared::api::role::{Right, Subject};

use super::grants::Places;
use super::{own, second_factor, sessions, tokens, users};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::skeleton;
use crate::ids;
use crate::state::use_app;

/// `/settings`.
pub fn settings_page() -> View {
    let app = use_app();
    // Compared by name and grants: the end of the session moves with each call and must not build the page anew.
    let caller =
        Memo::new(move |_| app.session.with(|state| state.session().map(|session| (session.user_name.clone(), session.grants.clone()))));
    let missing = Memo::new(move |_| app.second_factor_missing());
    let other = move || match caller.get() {
        Some(_) if missing.get() => {
            view! { <section class="sect"><p class="muted">"First your second factor, then the rest."</p></section> }
        }
        Some((_, grants)) if grants.may(Right::Administrate, Subject::Console) => {
            let places = Places::read(app);
            view! { {users::users(app, places)}{tokens::tokens(app, places)} }
        }
        Some(_) => {
            view! { <section class="sect"><p class="muted">"Accounts and API tokens are for administrators."</p></section> }
        }
        None => skeleton(3),
    };
    let mine = move || {
        let rest = move || when(move || !missing.get(), move || view! { {sessions::sessions(app)}{own::password(app)} });
        // It stays as it is when it is there at last: it has recovery codes to show.
        caller.get().map(|_| view! { {own::account(app)}{rest()}{second_factor::second_factor(app)} })
    };
    view! {
        <div class="panes halves settings">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><h2>"Settings"</h2></div>
                <div class="pane-body">{mine}{own::keys(app)}</div>
                {glass(|| Action::ListSessions)}
            </main>
            <section class="pane" aria-label="Accounts and API tokens">
                <div class="pane-head"><h2>"Who gets in"</h2></div>
                <div class="pane-body">{other}</div>
                {glass(|| Action::ListUsers)}
            </section>
        </div>
    }
}
