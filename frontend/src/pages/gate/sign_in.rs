//! Sign-in, and the wait after wrong passwords.

use crate::view::*;
use certdeck_shared::api::account::{CertificateSignIn, SignIn};
use certdeck_shared::api::passkey::PasskeyAssertion;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::second_factor::{SecondFactorOffer, told_apart};
use leptos::task::spawn_local;

use super::frame::gate;
use super::second_step::{SecondStep, second_step};
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
    let offer = RwSignal::new(None::<SecondFactorOffer>);
    // Whether the certificate of the connection stands for the password.
    let by_certificate = RwSignal::new(false);
    let submission = Submission::new();
    let wait = count_down(submission);
    let send = move |passkey: Option<PasskeyAssertion>| {
        let (one_time_code, recovery_code) =
            if offer.with_untracked(Option::is_some) && passkey.is_none() { told_apart(&code.get_untracked()) } else { (None, None) };
        let password = (!by_certificate.get_untracked()).then(|| (user_name.get_untracked().trim().to_owned(), secret.get_untracked()));
        let call = async move {
            match password {
                Some((user_name, password)) => {
                    client().sign_in(&SignIn { user_name, password, one_time_code, recovery_code, passkey }).await
                }
                None => client().sign_in_by_certificate(&CertificateSignIn { one_time_code, recovery_code, passkey }).await,
            }
        };
        submission.run(call, move |session| {
            app.session.set(SessionState::Present(session));
            go_on(app);
        });
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        // Of the second step it is the code that Enter sends, with whichever first step there was.
        if offer.with_untracked(Option::is_none) {
            by_certificate.set(false);
        }
        send(None);
    };
    let ready = Signal::derive(move || {
        let first = by_certificate.get() && offer.with(Option::is_some) || !user_name.get().trim().is_empty() && !secret.get().is_empty();
        first && wait.get() == 0
    });
    browser::focus_soon(ids::USER_NAME);
    // The password was right: what else is needed is asked for now, and no sooner.
    effect(move || {
        let Some(error) = submission.faults.get() else { return };
        match error.code() {
            Some(ProblemCode::SecondFactorRequired) => {
                submission.faults.clear();
                offer.set(error.problem().and_then(|problem| problem.second_factor.as_deref().cloned()));
            }
            // Its challenge was good once: the first step brings another.
            Some(ProblemCode::PasskeyRefused) => offer.set(None),
            _ => {}
        }
    });
    let taken = RwSignal::new(false);
    spawn_local(async move {
        taken.try_set(client().setup_status().await.is_ok_and(|status| status.certificate_sign_in));
    });
    let certificate = move || {
        by_certificate.set(true);
        offer.set(None);
        send(None);
    };
    let refused = move || match wait.get() {
        0 => submission.faults.callout(),
        seconds => callout("warn", format!("Too many wrong passwords. The next try counts in {seconds} s.")),
    };
    let second = move || {
        offer.get().map(|offer| {
            let step = SecondStep { offer, code, submission, send: Callback::new(move |passkey| send(Some(passkey))) };
            second_step(step)
        })
    };
    let form = view! {
        <div class="stack">
            <h1>"Sign in"</h1>
            <p class="muted">"Certificates, keys and requests of this host. Who is idle for a while is signed out."</p>
        </div>
        <form on:submit=submit>
            {Field::text(ids::USER_NAME, "User name", user_name).autocomplete("username").required().view()}
            {Field::password(ids::PASSWORD, "Password", secret, "current-password").required().view()}
            {second}
            {refused}
            <div class="row wrap">
                {submission.button("right", "Sign in", ready)}
                {when(move || taken.get(), move || view! { <button class="btn" type="button" disabled=submission.busy on:click=move |_| certificate()>"Sign in with a certificate"</button> })}
            </div>
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
