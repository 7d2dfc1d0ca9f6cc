//! First run: the one-time token of the printed link, and the account it makes.

use crate::view::*;
use certdeck_shared::api::account::{Setup, SetupStatus};
use certdeck_shared::password;

use super::frame::gate;
use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note};
use crate::components::form::submission::{Load, Submission, load};
use crate::ids;
use crate::state::session::SessionState;
use crate::state::{App, browser, use_app};
use crate::transport::{client, page_client};

/// `/setup`.
pub fn setup_page() -> View {
    let app = use_app();
    let status = RwSignal::new(Load::Waiting);
    let reader = page_client();
    load(app, status, async move { reader.setup_status().await });
    // The token stays in the fragment, which no server and no log ever sees.
    let given = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let asks_token = given.is_empty();
    let token = RwSignal::new(given);
    let user_name = RwSignal::new(String::new());
    let secret = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let setup = Setup {
            token: token.get_untracked().trim().to_owned(),
            user_name: user_name.get_untracked().trim().to_owned(),
            password: secret.get_untracked(),
        };
        submission.run(async move { client().setup(&setup).await }, move |session| {
            app.session.set(SessionState::Present(session));
            app.go(&crate::place::Place::Start);
        });
    };
    let ready = Signal::derive(move || {
        !token.get().trim().is_empty()
            && !user_name.get().trim().is_empty()
            && password::weakness(&secret.get(), &user_name.get()).is_none()
            && secret.get() == again.get()
    });
    browser::focus_soon(ids::USER_NAME);
    let form = view! {
        <div class="stack">
            <h1>"Set up this console"</h1>
            <p class="muted">"The setup link is good once. After this, only the account you make here gets in."</p>
        </div>
        <form on:submit=submit>
            {move || token_state(app, &status.get(), token.with(String::is_empty))}
            {asks_token.then(|| Field::text(ids::SETUP_TOKEN, "Setup token", token)
                .hint("The part behind # of the link that the console printed at its start.")
                .faults(submission.faults, "/token").view())}
            {Field::text(ids::USER_NAME, "User name", user_name).autocomplete("username").faults(submission.faults, "/user_name").required().view()}
            {password_field("Password", secret, user_name.into(), submission)}
            {again_field(secret, again)}
            {submission.faults.callout()}
            <div class="row">
                {submission.button("check", "Create account", ready)}
                <a class="small push" href="/sign-in">"Sign in instead"</a>
            </div>
        </form>
        {move || console_note(&status.get())}
    };
    gate(form)
}

/// A new password, judged while it is typed.
pub fn password_field(label: &'static str, secret: RwSignal<String>, name: Signal<String>, submission: Submission) -> View {
    let judged = Signal::derive(move || {
        let secret = secret.get();
        if secret.is_empty() {
            return None;
        }
        Some(
            password::weakness(&secret, &name.get())
                .map_or_else(|| Note::ok(password::strength(&secret)), |weakness| Note::warn(weakness.to_string())),
        )
    });
    Field::password(ids::NEW_PASSWORD, label, secret, "new-password")
        .hint("12 characters or more. Length is what counts.")
        .note(judged)
        .faults(submission.faults, "/password")
        .required()
        .view()
}

/// The same password once more.
pub fn again_field(secret: RwSignal<String>, again: RwSignal<String>) -> View {
    let same = Signal::derive(move || {
        let (secret, again) = (secret.get(), again.get());
        if again.is_empty() {
            None
        } else if secret == again {
            Some(Note::ok("The same."))
        } else if secret.starts_with(&again) {
            Some(Note::warn("Not all of it yet."))
        } else {
            Some(Note::warn("Differs from the one above."))
        }
    });
    Field::password(ids::PASSWORD_AGAIN, "Password again", again, "new-password")
        .hint("Once more, against slips.")
        .note(same)
        .required()
        .view()
}

fn token_state(app: App, status: &Load<SetupStatus>, no_token: bool) -> View {
    let status = match status {
        Load::Waiting => return callout("live", "Asking the console"),
        Load::Failed(words) => return callout("bad", words.clone()),
        Load::Ready(status) => status,
    };
    if !status.required {
        return callout("warn", "This console is already set up. Sign in instead.");
    }
    let left = status.expires_at.map(|end| (end.unix_timestamp() - app.now.get()).max(0));
    match left {
        Some(0) => callout("bad", "The setup link is too old. Start the console again; it prints a new one."),
        Some(seconds) if !no_token => callout("ok", format!("Setup link read, {} left", minutes(seconds))),
        None if !no_token => callout("ok", "Setup link read"),
        Some(seconds) => callout("warn", format!("Open the link that the console printed, or paste its token. {} left", minutes(seconds))),
        None => callout("warn", "Open the link that the console printed, or paste its token."),
    }
}

fn minutes(seconds: i64) -> String {
    match (seconds + 30) / 60 {
        0 => "less than a minute".to_owned(),
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

/// How to tell that this page comes from the console one started.
fn console_note(status: &Load<SetupStatus>) -> Option<View> {
    let Load::Ready(SetupStatus { console_fingerprint_sha256: Some(fingerprint), .. }) = status else { return None };
    let shown = certdeck_shared::x509::fingerprint::colons(fingerprint);
    let host = window().location().hostname().unwrap_or_default();
    Some(view! {
        <p class="note break">{host}", console certificate "<code>{shown}</code>". Compare it with the line that "<code>"certdeck serve"</code>" printed."</p>
    })
}
