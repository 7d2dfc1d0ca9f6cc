//! The second factor of one's own account: an authenticator program, set up and proved by a first code, passkeys, recovery codes.

use crate::view::*;
use certdeck_shared::api::second_factor::{QrCode, RecoveryCodes, SecondFactor, SecondFactorActivation, SecondFactorSecret};

use super::passkeys::passkeys;
use crate::components::data::copy::copy_wide;
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::ids;
use crate::state::{App, browser, clock};
use crate::transport::{client, page_client};

/// What all its parts share.
#[derive(Clone, Copy)]
pub struct Factor {
    /// The page.
    pub app: App,
    slot: RwSignal<Load<SecondFactor>>,
    secret: RwSignal<Option<SecondFactorSecret>>,
    codes: RwSignal<Option<Vec<String>>>,
    submission: Submission,
}

impl Factor {
    fn read(self) {
        let reader = page_client();
        load(self.app, self.slot, async move { reader.second_factor().await });
    }

    /// The dialog that asks again goes by the session.
    fn changed(self) {
        self.read();
        self.app.resume();
    }

    fn begin(self) {
        self.submission.run(async move { client().begin_second_factor().await }, move |secret| {
            self.secret.set(Some(secret));
            browser::focus_soon(ids::ONE_TIME_CODE);
        });
    }

    fn remove(self) {
        self.submission.run(async move { client().remove_second_factor().await }, move |()| self.removed("Authenticator program removed"));
    }

    /// Takes a passkey away.
    pub fn remove_passkey(self, id: String) {
        self.submission.run(async move { client().remove_passkey(&id).await }, move |()| self.removed("Passkey removed"));
    }

    fn removed(self, words: &'static str) {
        self.app.announce(words);
        self.codes.set(None);
        self.changed();
    }

    /// A part counts from now on; with the first one there are recovery codes.
    pub fn added(self, recovery_codes: Vec<String>) {
        self.codes.set((!recovery_codes.is_empty()).then_some(recovery_codes));
        self.changed();
    }

    fn renew_codes(self) {
        let call = async move { client().renew_recovery_codes().await };
        self.submission.run(call, move |RecoveryCodes { recovery_codes }| self.added(recovery_codes));
    }
}

/// Whether there is one, and the way to it.
pub fn second_factor(app: App) -> View {
    let factor = Factor {
        app,
        slot: RwSignal::new(Load::Waiting),
        secret: RwSignal::new(None),
        codes: RwSignal::new(None),
        submission: Submission::new(),
    };
    factor.read();
    let content = move || match factor.secret.get() {
        Some(secret) => enrolment(factor, secret),
        None => loaded(factor.slot, 2, Callback::new(move |()| factor.read()), move |found| present(factor, &found)),
    };
    view! {
        <section class="sect stack">
            <h3>"Second factor"</h3>
            {move || factor.codes.get().map(|codes| once(factor, codes))}
            {content}
            {factor.submission.faults.callout()}
        </section>
    }
}

fn present(factor: Factor, found: &SecondFactor) -> View {
    let codes = found.present().then(|| recovery(factor, found.recovery_codes_left));
    let words = match (found.present(), found.required) {
        (false, true) => callout("warn", "This console wants every account to have a second factor. Set one up; then it opens."),
        (false, false) => {
            view! { <p class="note">"The password alone signs in. With a second factor a passkey, or a code of your phone, is needed as well, here and wherever the console asks again."</p> }
        }
        (true, _) => View::nothing(),
    };
    view! { {words}{program(factor, found)}{passkeys(factor, found)}{codes} }
}

fn program(factor: Factor, found: &SecondFactor) -> View {
    let busy = factor.submission.busy;
    let (words, button) = match found.active_since {
        None => (
            "Its codes change every half minute.".to_owned(),
            view! { <button class="btn" type="button" disabled=busy on:click=move |_| factor.begin()>{icon("key")}"Set it up"</button> },
        ),
        Some(since) => (
            format!("Since {} its codes count.", clock::date(since)),
            view! { <button class="btn danger" type="button" disabled=busy on:click=move |_| factor.remove()>"Remove it"</button> },
        ),
    };
    view! { <h4>"Authenticator program"</h4><p>{words}</p><div class="row">{button}</div> }
}

fn recovery(factor: Factor, left: u32) -> View {
    let busy = factor.submission.busy;
    let left = match left {
        0 => "No recovery code is left.".to_owned(),
        1 => "One recovery code is left.".to_owned(),
        left => format!("{left} recovery codes are left."),
    };
    view! {
        <h4>"Recovery codes"</h4>
        <p>{left}</p>
        <div class="row"><button class="btn" type="button" disabled=busy on:click=move |_| factor.renew_codes()>{icon("renew")}"Make new ones"</button></div>
    }
}

/// The secret, and the field for the first code.
fn enrolment(factor: Factor, secret: SecondFactorSecret) -> View {
    let code = RwSignal::new(String::new());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let first = SecondFactorActivation { one_time_code: code.get_untracked().split_whitespace().collect() };
        submission.run(async move { client().activate_second_factor(&first).await }, move |RecoveryCodes { recovery_codes }| {
            factor.secret.set(None);
            factor.added(recovery_codes);
        });
    };
    let ready = Signal::derive(move || code.with(|code| code.chars().filter(char::is_ascii_digit).count() == 6));
    let copied = secret.secret.clone();
    view! {
        <form class="ask" on:submit=submit>
            <p>"Let your authenticator program read this, or give it the secret; then type the code that it shows."</p>
            <div class="enrolment">
                {drawn(secret.qr)}
                <div class="stack">
                    <pre class="code" tabindex="0">{spaced(&secret.secret)}</pre>
                    <div class="row wrap">
                        {copy_wide("Copy", move || copied.clone())}
                        <a class="btn plain" href=secret.uri>"Open in a program here"</a>
                    </div>
                </div>
            </div>
            {Field::text(ids::ONE_TIME_CODE, "First code", code).autocomplete("one-time-code").placeholder("123456").required().view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("check", "Turn it on", ready)}<button class="btn plain" type="button" on:click=move |_| factor.secret.set(None)>"Cancel"</button></div>
        </form>
    }
}

/// Dark on light in either theme, with its quiet zone: cameras want it so.
fn drawn(qr: QrCode) -> View {
    let whole = qr.side + 8;
    view! {
        <svg class="qr" viewBox=format!("-4 -4 {whole} {whole}") role="img" aria-label="QR code of the secret"><path d=qr.path></path></svg>
    }
}

fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The recovery codes, shown now and never again.
fn once(factor: Factor, codes: Vec<String>) -> View {
    let text = codes.join("\n");
    let copied = text.clone();
    callout(
        "ok",
        view! {
            <div class="stack" role="status">
                <p>"Each of these codes stands in for your second factor once. They are shown now and never again: keep them where that is not."</p>
                <pre class="code" tabindex="0">{text}</pre>
                <div class="row">{copy_wide("Copy", move || copied.clone())}<button class="btn plain" type="button" on:click=move |_| factor.codes.set(None)>"I have kept them"</button></div>
            </div>
        },
    )
}
