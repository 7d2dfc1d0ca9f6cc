//! `/databases/:db/tokens/:token`.

use std::future::Future;

use crate::view::*;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::module::{Token, TokenCertificate, TokenKey};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::role::Right;

use super::super::pin::{pin_words, standing, takes_login, unlock_form};
use super::{certificates, keys, making, password};
use crate::components::data::facts::{fact, fact_code, facts};
use crate::components::feedback::{callout, empty};
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::ids;
use crate::place::Place;
use crate::state::{App, use_app};
use crate::transport::{client, page_client};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Page {
    pub app: App,
    pub db: StoredValue<String>,
    pub id: StoredValue<String>,
    pub token: RwSignal<Load<Token>>,
    pub certificates: RwSignal<Load<Vec<TokenCertificate>>>,
    pub keys: RwSignal<Load<Vec<TokenKey>>>,
    /// What is open: `unlock`, `password`, `self-signed`, `request`, or a verb and the address of a certificate or key.
    pub open: RwSignal<String>,
    pub submission: Submission,
}

impl Page {
    /// Reads everything; keys only tell themselves to who is logged in.
    pub fn read(self) {
        let (db, id) = (self.db.get_value(), self.id.get_value());
        load(self.app, self.token, async move {
            let tokens = page_client().tokens(&db).await?;
            let found = tokens.into_iter().find(|token| token.id == id);
            found.ok_or_else(|| {
                Problem::new(ProblemCode::NotFound, ["There is no token ", &id, " here; it may have been taken out."].concat()).into()
            })
        });
        let (db, id) = (self.db.get_value(), self.id.get_value());
        load(self.app, self.certificates, async move { page_client().token_certificates(&db, &id).await });
        let (db, id) = (self.db.get_value(), self.id.get_value());
        load(self.app, self.keys, async move { page_client().token_keys(&db, &id).await });
    }

    /// Opens a form, and closes the one that was open.
    pub fn show(self, what: &str) {
        self.submission.faults.clear();
        self.open.set(what.to_owned());
    }

    /// Closes whatever is open.
    pub fn close(self) {
        self.show("");
    }

    /// Whether this is open.
    pub fn is_open(self, what: &str) -> bool {
        self.open.with(|open| open == what)
    }

    /// Sends a change, then reads anew.
    pub fn change<R: 'static>(self, words: &'static str, call: impl Future<Output = Result<R, ClientError>> + 'static) {
        self.submission.run(call, move |_| {
            self.close();
            self.app.announce(words);
            self.app.refresh_databases();
            self.read();
        });
    }

    /// Nicknames of certificates on the token, by their addresses.
    pub fn nicknames(self, fingerprints: &[String]) -> String {
        self.certificates.with(|list| match list {
            Load::Ready(list) => {
                let named = list.iter().filter(|one| fingerprints.contains(&one.fingerprint_sha256));
                named.map(|one| one.nickname.as_str()).collect::<Vec<_>>().join(", ")
            }
            Load::Waiting | Load::Failed(_) => String::new(),
        })
    }

    /// Label of the token: what stands before the colon of a nickname.
    pub fn label(self) -> String {
        self.token.with(|token| match token {
            Load::Ready(token) => token.label.clone(),
            Load::Waiting | Load::Failed(_) => self.id.get_value(),
        })
    }
}

/// `/databases/:db/tokens/:token`.
pub fn token_page(db: String, id: String) -> View {
    let app = use_app();
    let admin = Signal::derive(move || app.may(Right::Administrate));
    let page = Page {
        app,
        db: StoredValue::new(db),
        id: StoredValue::new(id),
        token: RwSignal::new(Load::Waiting),
        certificates: RwSignal::new(Load::Waiting),
        keys: RwSignal::new(Load::Waiting),
        open: RwSignal::new(String::new()),
        submission: Submission::new(),
    };
    effect(move || {
        app.databases.with(|_| ());
        page.read();
    });
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <a class="btn plain icon" href=Place::Tokens(page.db.get_value()).path() aria-label="All tokens" title="All tokens">{icon("back")}</a>
                    <h2 class="cut">{move || page.label()}</h2>
                    <span class="push row tight">{move || page.token.with(|token| match token { Load::Ready(token) => session(page, token), _ => View::nothing() })}</span>
                </div>
                <div class="scroll">
                    {move || page.is_open("unlock").then(|| unlocking(page))}
                    {loaded(page.token, 3, Callback::new(move |()| page.read()), move |token| about(page, &token))}
                    {certificates::section(page)}
                    {keys::section(page)}
                    {making::section(page)}
                    {move || admin.get().then(|| password::section(page))}
                </div>
                <div class="pane-foot"><span>{move || ["Everywhere a nickname is taken, ", &page.label(), ":NICKNAME means one on this token"].concat()}</span></div>
            </main>
        </div>
    }
}

fn session(page: Page, token: &Token) -> View {
    let button = if !takes_login(token) {
        View::nothing()
    } else if token.unlocked {
        let lock = move |_| {
            let (db, id) = (page.db.get_value(), page.id.get_value());
            page.change("Locked", async move { client().lock(&db, &id).await });
        };
        view! { <button class="btn" type="button" disabled=page.submission.busy on:click=lock>{icon("locked")}"Lock"</button> }
    } else {
        view! { <button class="btn primary" type="button" on:click=move |_| page.show("unlock")>{icon("unlocked")}"Unlock"</button> }
    };
    view! { {standing(token)}{button} }
}

fn unlocking(page: Page) -> View {
    let pin = page.token.with_untracked(|token| match token {
        Load::Ready(token) => token.pin,
        Load::Waiting | Load::Failed(_) => certdeck_shared::api::module::PinState::Ready,
    });
    let done = Callback::new(move |()| {
        page.close();
        page.read();
    });
    view! { <section class="sect">{unlock_form(page.db, page.id, pin, done, Callback::new(move |()| page.close()))}</section> }
}

fn about(page: Page, token: &Token) -> View {
    let mut known = vec![fact("Module", token.module.clone()), fact_code("PKCS#11 URI", token.pkcs11_uri.clone())];
    if !token.serial_number.is_empty() {
        known.push(fact_code("Serial", token.serial_number.clone()));
    }
    let made = [token.manufacturer.as_str(), " ", token.model.as_str()].concat();
    if !made.trim().is_empty() {
        known.push(fact("Made by", made.trim().to_owned()));
    }
    let words = pin_words(token.pin);
    let said = (!words.is_empty()).then(|| callout("warn", ["Password: ", words, "."].concat()));
    let off =
        (!token.enabled).then(|| callout("warn", "Its slot is switched off: servers do not see it. Switch it on in the list of tokens."));
    let protected = token.write_protected.then(|| callout("warn", "It is write protected: nothing can be made or deleted on it."));
    let device = token
        .protected_authentication_path
        .then(|| callout("warn", "Its PIN is typed on the device itself, which the console cannot reach."));
    let faults = page.submission.faults;
    view! { <section class="sect stack">{faults.callout()}{said}{off}{protected}{device}{facts(vec![("", known)])}</section> }
}

/// What stands in the place of a list that needs the password.
pub fn locked(page: Page, title: &'static str, words: &'static str) -> View {
    empty(
        title,
        words,
        view! { <button class="btn" type="button" on:click=move |_| page.show("unlock")>{icon("unlocked")}"Unlock"</button> },
    )
}
