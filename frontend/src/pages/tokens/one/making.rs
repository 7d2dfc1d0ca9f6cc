//! A request or a self-signed certificate with a new key on the token. Whoever wants more than a name finds it in *Requests* and *Make*.

use crate::view::*;
use certdeck_shared::api::issue::{CertificateKey, NewSelfSigned};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::request::{RequestForm, Template};

use super::page::Page;
use crate::components::form::field::{Field, checkbox};
use crate::components::form::submission::Load;
use crate::components::icon::icon;
use crate::ids;
use crate::place::Place;
use crate::transport::client;

/// Two buttons, and the form that one of them opened.
pub fn section(page: Page) -> View {
    let usable =
        move || page.token.with(|token| matches!(token, Load::Ready(token) if token.unlocked && token.enabled && !token.write_protected));
    let form = move || {
        if page.is_open("request") {
            Some(form(page, true))
        } else if page.is_open("self-signed") {
            Some(form(page, false))
        } else {
            None
        }
    };
    view! {
        <section class="sect stack" aria-label="Make on this token">
            <div class="sect-head"><h3>"Make on this token"</h3></div>
            <div class="row wrap">
                <button class="btn" type="button" disabled=move || !usable() on:click=move |_| page.show("request")>{icon("request")}"Key and request"</button>
                <button class="btn" type="button" disabled=move || !usable() on:click=move |_| page.show("self-signed")>{icon("certificate")}"Self-signed certificate"</button>
            </div>
            <p class="note">{move || if usable() { ["More choices are in Requests and Make: give ", &page.label(), ":NAME as the nickname."].concat() } else { "The token must be unlocked first.".to_owned() }}</p>
            {form}
        </section>
    }
}

fn form(page: Page, request: bool) -> View {
    let name = RwSignal::new(String::new());
    let nickname = RwSignal::new(String::new());
    let authority = RwSignal::new(false);
    let algorithm = RwSignal::new(KeyAlgorithm::EcP256.words().to_owned());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let db = page.db.get_value();
        let common_name = name.get_untracked().trim().to_owned();
        let chosen = nickname.get_untracked().trim().to_owned();
        let nickname = [&page.label(), ":", if chosen.is_empty() { &common_name } else { &chosen }].concat();
        let key = KeyAlgorithm::ALL.into_iter().find(|one| one.words() == algorithm.get_untracked()).unwrap_or(KeyAlgorithm::EcP256);
        let alternative = if common_name.contains('.') { common_name.clone() } else { String::new() };
        if request {
            let form = RequestForm { common_name, subject_alternative_names: alternative, ..RequestForm::default() };
            let body = NewRequest::Form { key_algorithm: key, form, tracking: Tracking { nickname, ..Tracking::default() } };
            page.submission.run(async move { client().create_request(&db, &body).await }, move |made| {
                page.app.refresh_databases();
                page.app.go(&Place::Request(page.db.get_value(), made.id));
            });
            return;
        }
        let template = authority.get_untracked().then_some(Template::Ca);
        let form = RequestForm { common_name, template, ..RequestForm::default() };
        let body = NewSelfSigned { nickname, form, key: CertificateKey::Algorithm(key), ..NewSelfSigned::default() };
        page.change("Certificate made", async move { client().create_self_signed(&db, &body).await });
    };
    let (verb, symbol) = if request { ("Make the request", "request") } else { ("Make the certificate", "certificate") };
    let faults = page.submission.faults;
    let of_authority = (!request).then(|| {
        view! { {checkbox("A root CA", "It signs other certificates; trusted here to issue servers, mail and code", authority)}<p class="note">"Its trust is kept in the database, which must be unlocked, too."</p> }
    });
    let kinds = KeyAlgorithm::ALL.map(|one| (one.words(), one.words()));
    view! {
        <form class="ask" on:submit=submit>
            {Field::text(ids::TOKEN_COMMON_NAME, "Name", name).placeholder("mail.example.org").faults(faults, "/form/common_name").required().view()}
            {Field::text(ids::TOKEN_NICKNAME, "Nickname on the token", nickname).hint("The name when empty.").faults(faults, "/nickname").view()}
            {Field::select(ids::TOKEN_ALGORITHM, "New key", algorithm, &kinds).faults(faults, "/key/algorithm").view()}
            {of_authority}
            {faults.callout()}
            <div class="row">{page.submission.button(symbol, verb, Signal::derive(move || !name.with(|name| name.trim().is_empty())))}<button class="btn plain" type="button" on:click=move |_| page.close()>"Cancel"</button></div>
        </form>
    }
}
