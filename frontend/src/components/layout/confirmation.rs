//! The dialog that asks again who one is, wherever a call needs it.

use crate::view::*;
use certdeck_shared::api::account::Confirmation;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::second_factor::{called, told_apart};

use crate::chunks::{self, lazy_part};
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::state::confirmation::Wanted;
use crate::state::{App, browser, confirmation, passkeys};
use crate::transport::client;

/// The dialog, while a call waits for it. What is in it comes when it is first needed.
pub fn dialog(app: App) -> View {
    when(
        move || app.asking.with(Option::is_some),
        move || {
            let dialog = NodeRef::<web_sys::HtmlDialogElement>::new();
            request_animation_frame(move || {
                if let Some(dialog) = dialog.try_get_untracked() {
                    let _ = dialog.show_modal();
                }
            });
            let (label, content) = match app.asking.get_untracked() {
                Some(Wanted::Approval(id)) => {
                    ("A second person has to approve this", lazy_part(move || chunks::approval_form(app, id.clone())))
                }
                _ => ("Confirm that it is you", lazy_part(move || chunks::confirmation_form(app))),
            };
            // Escape closes it as well, and stands for no.
            view! { <dialog class="over confirming" node_ref=dialog aria-label=label on:close=move |_| confirmation::answer(false)>{content}</dialog> }
        },
    )
}

/// What stands in the dialog.
pub fn form(app: App) -> View {
    let secret = RwSignal::new(String::new());
    let submission = Submission::new();
    let session = app.session.with_untracked(|state| state.session().cloned());
    let by_code = session.as_ref().is_some_and(|session| session.second_factor);
    let by_program = session.as_ref().is_some_and(|session| session.one_time_codes);
    let by_passkey = session.as_ref().is_some_and(|session| session.passkeys);
    let name = session.map(|session| session.user_name).unwrap_or_default();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let given = secret.get_untracked();
        let given = if by_code {
            let (one_time_code, recovery_code) = told_apart(&given);
            Confirmation { one_time_code, recovery_code, ..Confirmation::default() }
        } else {
            Confirmation { password: Some(given), ..Confirmation::default() }
        };
        submission.run(async move { client().confirm(&given).await }, |_| confirmation::answer(true));
    };
    let ask = move |_| {
        let asked = async move {
            // Without any proof the answer is what the browser asks the passkey with.
            let error = match client().confirm(&Confirmation::default()).await {
                Ok(session) => return Ok(session),
                Err(error) => error,
            };
            let offer = error.problem().and_then(|problem| problem.second_factor.clone());
            let Some(request) = offer.as_ref().and_then(|offer| offer.passkey.as_ref()) else {
                let why = offer.and_then(|offer| offer.no_passkey);
                return Err(why.map_or(error, |why| ClientError::Problem(Box::new(Problem::new(ProblemCode::PasskeysUnavailable, why)))));
            };
            let passkey = Some(passkeys::get(request).await?);
            client().confirm(&Confirmation { passkey, ..Confirmation::default() }).await
        };
        submission.run(asked, |_| confirmation::answer(true));
    };
    let (words, field) = if by_code {
        let field = Field::text(ids::CONFIRMATION, called(by_program), secret).autocomplete("one-time-code");
        ("What you are about to do asks for your second factor; after that nothing is asked for some minutes.", field)
    } else {
        let field = Field::password(ids::CONFIRMATION, "Your password", secret, "current-password");
        ("What you are about to do asks for your password again; after that nothing is asked for some minutes.", field)
    };
    // The session may end meanwhile; then the gate opens, and nobody is left to be asked.
    effect(move || {
        if submission.faults.get().is_some_and(|error| error.code() == Some(ProblemCode::NotSignedIn)) {
            confirmation::answer(false);
        }
    });
    let ready = Signal::derive(move || !secret.with(String::is_empty));
    // A passkey is what those use who have nothing else; recovery codes are for a bad day.
    let passkey_first = by_passkey && !by_program;
    browser::focus_soon(if passkey_first { ids::PASSKEY } else { ids::CONFIRMATION });
    let kind = if passkey_first { "btn primary" } else { "btn" };
    let why = match app.asking.get_untracked() {
        Some(Wanted::Confirmation(why)) if !why.is_empty() => Some(why),
        _ => None,
    };
    view! {
        <form class="stack" on:submit=submit>
            <h2>"Confirm that it is you"</h2>
            {why.map(|why| callout("warn", view! { <p>{why}</p> }))}
            <p class="muted">{words}</p>
            <input class="sr" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly value=name/>
            {by_passkey.then(|| view! { <div class="row"><button class=kind id=ids::PASSKEY type="button" disabled=submission.busy on:click=ask>{icon("key")}"Use a passkey"</button></div> })}
            {field.view()}
            {submission.faults.callout()}
            <div class="row">
                {submission.button("check", "Confirm", ready)}
                <button class="btn plain" type="button" on:click=|_| confirmation::answer(false)>"Cancel"</button>
            </div>
        </form>
    }
}
