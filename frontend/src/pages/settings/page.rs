//! `/settings`.

use crate::view::*;
use certdeck_shared::api::account::Scope;

use super::{own, tokens, users};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::skeleton;
use crate::ids;
use crate::state::use_app;

/// Scopes as a form offers them.
pub const SCOPES: &[(&str, &str)] = &[
    ("read", "Read: look at everything"),
    ("write", "Write: import, trust, names, keys, requests, restore"),
    ("admin", "Admin: accounts, API tokens, databases"),
];

/// The scope of an option.
pub fn scope_of(name: &str) -> Scope {
    match name {
        "admin" => Scope::Admin,
        "write" => Scope::Write,
        _ => Scope::Read,
    }
}

/// A scope in one word.
pub fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Write => "write",
        Scope::Admin => "admin",
    }
}

/// `/settings`.
pub fn settings_page() -> View {
    let app = use_app();
    // Compared by name and scope: the end of the session moves with each call and must not build the page anew.
    let caller = Memo::new(move |_| app.session.with(|state| state.session().map(|session| (session.user_name.clone(), session.scope))));
    let other = move || match caller.get() {
        Some((_, Scope::Admin)) => view! { {users::users(app)}{tokens::tokens(app)} },
        Some(_) => {
            view! { <section class="sect"><p class="muted">"Accounts and API tokens are for administrators."</p></section> }
        }
        None => skeleton(3),
    };
    let mine = move || caller.get().map(|_| own::account(app));
    view! {
        <div class="panes halves settings">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><h2>"Settings"</h2></div>
                <div class="pane-body">{mine}{own::keys(app)}</div>
            </main>
            <section class="pane" aria-label="Accounts and API tokens">
                <div class="pane-head"><h2>"Who gets in"</h2></div>
                <div class="pane-body">{other}</div>
                {glass(|| Action::ListUsers)}
            </section>
        </div>
    }
}
