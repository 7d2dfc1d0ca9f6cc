//! Sign-in, and the wait after wrong passwords.

use crate::view::*;
use certdeck_shared::api::account::SignIn;

use super::frame::gate;
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::ids;
use crate::place::Place;
use crate::state::session::SessionState;
use crate::state::{App, browser, clock, use_app};
use crate::transport::client;

/// `/sign-in`.
pub fn sign_in_page() -> View {
    let app = use_app();
    let user_name = RwSignal::new(String::new());
    let secret = RwSignal::new(String::new());
    let submission = Submission::new();
    let wait = count_down(submission);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let sign_in = SignIn { user_name: user_name.get_untracked().trim().to_owned(), password: secret.get_untracked() };
        submission.run(async move { client().sign_in(&sign_in).await }, move |session| {
            app.session.set(SessionState::Present(session));
            go_on(app);
        });
    };
    let ready = Signal::derive(move || !user_name.get().trim().is_empty() && !secret.get().is_empty() && wait.get() == 0);
    browser::focus_soon(ids::USER_NAME);
    let refused = move || match wait.get() {
        0 => submission.faults.callout(),
        seconds => callout("warn", format!("Too many wrong passwords. The next try counts in {seconds} s.")),
    };
    let form = view! {
        <div class="stack">
            <h1>"Sign in"</h1>
            <p class="muted">"Certificates, keys and requests of this host. Who is idle for a while is signed out."</p>
        </div>
        <form on:submit=submit>
            {Field::text(ids::USER_NAME, "User name", user_name).autocomplete("username").required().view()}
            {Field::password(ids::PASSWORD, "Password", secret, "current-password").required().view()}
            {refused}
            <div class="row">{submission.button("right", "Sign in", ready)}</div>
        </form>
        <p class="note">"Lost the password? On the host, "<code>"certdeck user password"</code>" sets a new one."</p>
    };
    gate(form)
}

/// Seconds until the next try counts, after the console asked to wait.
fn count_down(submission: Submission) -> RwSignal<i64> {
    let wait = RwSignal::new(0);
    let until = RwSignal::new(0);
    effect(move || {
        let asked = submission.faults.get().and_then(|error| error.problem()?.retry_after);
        if let Some(seconds) = asked {
            until.set(clock::now() + i64::from(seconds));
            wait.set(i64::from(seconds));
        }
    });
    let tick = move || {
        if wait.get_untracked() > 0 {
            let left = (until.get_untracked() - clock::now()).max(0);
            wait.set(left);
            if left == 0 {
                submission.faults.clear();
                browser::focus(ids::PASSWORD);
            }
        }
    };
    if let Ok(handle) = set_interval_with_handle(tick, std::time::Duration::from_secs(1)) {
        on_cleanup(move || handle.clear());
    }
    wait
}

/// Where the session ended, or the ways to begin.
fn go_on(app: App) {
    let path = browser::stored("return-to").filter(|path| path.starts_with('/') && !path.starts_with("//"));
    browser::remember("return-to", None);
    app.destination.set(Some(path.unwrap_or_else(|| Place::Start.path())));
}
