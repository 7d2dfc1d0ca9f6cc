//! Sign-in, and the wait after wrong passwords.

use crate::view::*;
use certdeck_shared::api::account::SignIn;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::second_factor::told_apart;

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
    let code = RwSignal::new(String::new());
    let with_code = RwSignal::new(false);
    let submission = Submission::new();
    let wait = count_down(submission);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (one_time_code, recovery_code) = if with_code.get_untracked() { told_apart(&code.get_untracked()) } else { (None, None) };
        let (user_name, password) = (user_name.get_untracked().trim().to_owned(), secret.get_untracked());
        let sign_in = SignIn { user_name, password, one_time_code, recovery_code };
        submission.run(async move { client().sign_in(&sign_in).await }, move |session| {
            app.session.set(SessionState::Present(session));
            go_on(app);
        });
    };
    let ready = Signal::derive(move || !user_name.get().trim().is_empty() && !secret.get().is_empty() && wait.get() == 0);
    browser::focus_soon(ids::USER_NAME);
    // The password was right: what else is needed is asked for now, and no sooner.
    effect(move || {
        if !with_code.get_untracked()
            && submission.faults.get().is_some_and(|error| error.code() == Some(ProblemCode::SecondFactorRequired))
        {
            submission.faults.clear();
            with_code.set(true);
            browser::focus_soon(ids::ONE_TIME_CODE);
        }
    });
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
            {when(move || with_code.get(), move || Field::text(ids::ONE_TIME_CODE, "Code of your authenticator, or a recovery code", code).autocomplete("one-time-code").view())}
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
