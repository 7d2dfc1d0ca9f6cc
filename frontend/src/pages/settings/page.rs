//! `/settings`.

use crate::view::*;
use certdeck_shared::api::account::Scope;
use certdeck_shared::api::paths;

use super::{own, tokens, users};
use crate::components::data::glass::{Glass, curl, glass, line};
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
    let lines = Memo::new(move |_| Glass {
        title: "Stands for".to_owned(),
        commands: vec![line("certdeck user list"), line("certdeck api-token create --label backup --scope read")],
        rest: vec![
            line(curl("GET", paths::USERS, None)),
            line(curl("POST", paths::API_TOKENS, Some(r#"{"label":"backup","scope":"read","expires_in_days":90}"#))),
            line(curl("DELETE", &paths::api_token("<id>"), None)),
        ],
    });
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
                {glass(lines)}
            </section>
        </div>
    }
}
