//! API tokens for scripts. The secret is shown once.

use crate::view::*;
use certdeck_shared::api::account::{ApiToken, ApiTokenRotation, CreatedApiToken, NewApiToken};
use certdeck_shared::api::role::{Grants, Role};

use time::OffsetDateTime;

use super::grants::{Choice, Places};
use crate::components::data::copy::copy_wide;
use crate::components::data::glass::{Action, glass_of_form};
use crate::components::feedback::callout;
use crate::components::form::field::{Field, checkbox};
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::ids;
use crate::state::{App, clock};
use crate::transport::{client, page_client};

const LIFETIMES: &[(&str, &str)] =
    &[("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "Never; it stays good until removed")];

const OVERLAPS: &[(&str, &str)] =
    &[("0", "Not at all; it ends now"), ("1", "1 hour"), ("24", "1 day"), ("168", "7 days"), ("720", "30 days")];

#[derive(Clone, Copy)]
struct Tokens {
    app: App,
    places: Places,
    slot: RwSignal<Load<Vec<ApiToken>>>,
    created: RwSignal<Option<(String, String)>>,
    /// The token that is to get a new secret.
    rotating: RwSignal<Option<String>>,
    submission: Submission,
}

impl Tokens {
    fn read(self) {
        let reader = page_client();
        load(self.app, self.slot, async move { reader.api_tokens().await });
    }

    fn delete(self, id: String) {
        self.submission.run(async move { client().delete_api_token(&id).await }, move |()| {
            self.app.announce("API token removed");
            self.read();
        });
    }
}

/// The tokens, and a form for another one.
pub fn tokens(app: App, places: Places) -> View {
    let tokens = Tokens {
        app,
        places,
        slot: RwSignal::new(Load::Waiting),
        created: RwSignal::new(None),
        rotating: RwSignal::new(None),
        submission: Submission::new(),
    };
    tokens.read();
    let adding = RwSignal::new(false);
    view! {
        <section class="sect stack">
            <div class="sect-head">
                <h3>"API tokens"</h3>
                <button class="btn push" type="button" aria-expanded=move || adding.get().to_string() on:click=move |_| adding.update(|adding| *adding = !*adding)>{icon("plus")}"Token"</button>
            </div>
            <p class="note">"For scripts, as "<code>"Authorization: Bearer"</code>". Only their hashes are kept."</p>
            {move || tokens.created.get().map(|(label, secret)| once(tokens, label, secret))}
            {move || adding.get().then(|| new_form(tokens, adding))}
            {tokens.submission.faults.callout()}
            {loaded(tokens.slot, 2, Callback::new(move |()| tokens.read()), move |list| rows(tokens, list))}
        </section>
    }
}

/// The secret of the token just made.
fn once(tokens: Tokens, label: String, secret: String) -> View {
    let copied = secret.clone();
    callout(
        "ok",
        view! {
            <div class="stack" role="status">
                <p>"The secret of "<b>{label}</b>". It is shown now and never again."</p>
                <pre class="code" tabindex="0">{secret}</pre>
                <div class="row">{copy_wide("Copy", move || copied.clone())}<button class="btn plain" type="button" on:click=move |_| tokens.created.set(None)>"I have kept it"</button></div>
            </div>
        },
    )
}

fn rows(tokens: Tokens, list: Vec<ApiToken>) -> View {
    if list.is_empty() {
        return view! { <p class="muted">"none"</p> };
    }
    let rows: Vec<_> = list.into_iter().map(|token| row(tokens, token)).collect();
    view! { <ul class="people">{rows}</ul> }
}

fn row(tokens: Tokens, token: ApiToken) -> View {
    let now = tokens.app.now.get_untracked();
    let ends = token.expires_at.map_or_else(
        || "does not expire".to_owned(),
        |at| {
            let word = if at.unix_timestamp() < now { "expired" } else { "expires" };
            format!("{word} {}", clock::date(at))
        },
    );
    let asked = if token.unattended { ", is not asked again" } else { "" };
    let words = format!("{ends}, {}, made by {}{asked}", used(token.last_used_at, token.last_used_from.as_deref(), now), token.created_by);
    let before = token.previous_good_until.filter(|end| end.unix_timestamp() > now).map(|end| {
        let used = used(token.previous_last_used_at, token.previous_last_used_from.as_deref(), now);
        view! { <span class="note">{format!("The secret before is good until {}, {used}", clock::exact(end))}</span> }
    });
    let (id, label) = (token.id, token.label);
    let form = {
        let (id, label) = (id.clone(), label.clone());
        move || tokens.rotating.with(|rotating| rotating.as_ref() == Some(&id)).then(|| rotation(tokens, id.clone(), label.clone()))
    };
    let begin = {
        let id = id.clone();
        move |_| tokens.rotating.update(|rotating| *rotating = rotating.take().is_none().then(|| id.clone()))
    };
    view! {
        <li>
            {icon("key")}
            <span><b>{label.clone()}</b><span class="note">{words}</span>{before}</span>
            <span class="row tight">{tokens.places.tags(token.grants)}
                <button class="btn plain icon" type="button" title="New secret" aria-label=format!("New secret for {label}") on:click=begin>{icon("renew")}</button>
                <button class="btn plain icon danger" type="button" title="Remove" aria-label=format!("Remove {label}") on:click=move |_| tokens.delete(id.clone())>{icon("delete")}</button></span>
            {form}
        </li>
    }
}

fn used(at: Option<OffsetDateTime>, from: Option<&str>, now: i64) -> String {
    let Some(at) = at else { return "never used".to_owned() };
    let from = from.map(|from| [" from ", from].concat()).unwrap_or_default();
    format!("used {}{from}", clock::relative(at, now))
}

fn rotation(tokens: Tokens, id: String, label: String) -> View {
    let overlap = RwSignal::new(ApiTokenRotation::default().overlap_hours.to_string());
    let wanted = move || ApiTokenRotation { overlap_hours: overlap.get().parse().unwrap_or_default(), expires_in_days: None };
    let submission = Submission::new();
    let said = id.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (id, rotation) = (id.clone(), untrack(wanted));
        submission.run(async move { client().rotate_api_token(&id, &rotation).await }, move |CreatedApiToken { token, secret }| {
            tokens.rotating.set(None);
            tokens.created.set(Some((token.label, secret)));
            tokens.read();
        });
    };
    view! {
        <form class="ask" aria-label=format!("New secret for {label}") on:submit=submit>
            {Field::select(ids::TOKEN_OVERLAP, "The present secret stays good for", overlap, OVERLAPS).hint("So that each script can be given the new one in its turn.").view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("renew", "Make a new secret", Signal::stored(true))}<button class="btn plain" type="button" on:click=move |_| tokens.rotating.set(None)>"Cancel"</button></div>
            {glass_of_form(move || Action::RotateApiToken { id: said.clone(), body: wanted() })}
        </form>
    }
}

fn new_form(tokens: Tokens, adding: RwSignal<bool>) -> View {
    let label = RwSignal::new(String::new());
    let choice = Choice::new(tokens.places, Grants::everywhere(Role::Viewer));
    let days = RwSignal::new("90".to_owned());
    let submission = Submission::new();
    let unattended = RwSignal::new(false);
    let wanted = move || NewApiToken {
        label: label.get().trim().to_owned(),
        grants: choice.grants(),
        expires_in_days: days.get().parse().ok(),
        unattended: unattended.get(),
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let token = untrack(wanted);
        submission.run(async move { client().create_api_token(&token).await }, move |CreatedApiToken { token, secret }| {
            adding.set(false);
            tokens.created.set(Some((token.label, secret)));
            tokens.read();
        });
    };
    let ready = Signal::derive(move || label.with(|label| !label.trim().is_empty()));
    view! {
        <form class="ask" on:submit=submit>
            {Field::text(ids::TOKEN_LABEL, "What it is for", label).placeholder("backup of the mail host").faults(submission.faults, "/label").required().view()}
            {choice.view()}
            {Field::select(ids::TOKEN_DAYS, "Good for", days, LIFETIMES).faults(submission.faults, "/expires_in_days").view()}
            {checkbox("Without being asked again", "It may do what asks people for their password again: export keys, restore, change modules and accounts, break chains.", unattended)}
            {submission.faults.callout()}
            <div class="row">{submission.button("plus", "Make the token", ready)}<button class="btn plain" type="button" on:click=move |_| adding.set(false)>"Cancel"</button></div>
            {glass_of_form(move || Action::CreateApiToken { body: wanted() })}
        </form>
    }
}
