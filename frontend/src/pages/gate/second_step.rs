//! The second step of signing in: a passkey, a code, or a recovery code.

use crate::view::*;
use certdeck_shared::api::passkey::PasskeyAssertion;
use certdeck_shared::api::second_factor::{SecondFactorOffer, called};
use leptos::task::spawn_local;

use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::state::{browser, passkeys};

/// What the first step, which stays on the page, has for the second.
pub struct SecondStep {
    /// What is taken.
    pub offer: SecondFactorOffer,
    /// What is typed as a code.
    pub code: RwSignal<String>,
    /// The form.
    pub submission: Submission,
    /// Sends with the answer of a passkey.
    pub send: Callback<PasskeyAssertion>,
}

/// The fields of the second step.
pub fn second_step(step: SecondStep) -> View {
    let SecondStep { offer, code, submission, send } = step;
    let by_passkey = offer.passkey.map(|request| {
        let ask = move |_| {
            let request = request.clone();
            submission.faults.clear();
            spawn_local(async move {
                match passkeys::get(&request).await {
                    Ok(answer) => send.run(answer),
                    Err(error) => submission.faults.set(error),
                }
            });
        };
        browser::focus_soon(ids::PASSKEY);
        view! {
            <div class="row"><button class="btn primary" id=ids::PASSKEY type="button" disabled=submission.busy on:click=ask>{icon("key")}"Use a passkey"</button></div>
        }
    });
    if by_passkey.is_none() {
        browser::focus_soon(ids::ONE_TIME_CODE);
    }
    view! {
        {by_passkey}
        {offer.no_passkey.map(|why| callout("warn", view! { <p>"Your passkeys are of no use here: "{why}"."</p> }))}
        {Field::text(ids::ONE_TIME_CODE, called(offer.one_time_code), code).autocomplete("one-time-code").view()}
    }
}
