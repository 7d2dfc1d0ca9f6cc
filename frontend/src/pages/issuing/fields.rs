//! What every certificate to be made needs: its kind, its names, its key, for how long.

use crate::view::*;

use super::draft::{KEYS, KINDS, Kind, present_key};
use super::make::Make;
use super::{advanced, issuers};
use crate::components::form::field::{Field, Note, Tone, checkbox};
use crate::components::form::submission::Load;
use crate::components::x509::keys::key_options;
use crate::components::x509::subject::subject_editor;
use crate::ids;

/// The form.
pub fn form(page: Make) -> View {
    let draft = page.draft;
    let kinds: Vec<View> = KINDS
        .into_iter()
        .map(|(kind, words)| view! { <button type="button" aria-pressed=move || (draft.kind.get() == kind).to_string() on:click=move |_| draft.kind.set(kind)>{words}</button> })
        .collect();
    let signed = page.is(&[Kind::Issued, Kind::Request]);
    let asked = page.is(&[Kind::Request]);
    view! {
        <section class="sect stack"><div class="seg" role="group" aria-label="Kind">{kinds}</div>
            {when(move || signed.get(), move || issuers::issuers(page.app, draft.issuer))}
        </section>
        {when(move || asked.get(), move || of_request(page))}
        {when(move || !asked.get(), move || of_form(page))}
        {purpose(page)}
        {advanced::section(page)}
        <section class="sect stack refused">{page.submission.faults.callout()}</section>
    }
}

/// Subject and names of a certificate that is made for a form.
fn of_form(page: Make) -> View {
    let (draft, faults) = (page.draft, page.submission.faults);
    let subject = Signal::derive(move || {
        page.prospect.with(|prospect| prospect.fault("/form/subject").or_else(|| prospect.fault("/form/common_name")))
    });
    view! {
        <section class="sect"><h3>"Names the certificate answers to"</h3>
            {Field::area(ids::MAKE_NAMES, "One per line: host, address, e-mail or URI. The first becomes the common name.", draft.names, 3)
                .hint("A server without any gets its common name.").note(page.said("/form/subject_alternative_names")).faults(faults, "/form/subject_alternative_names").view()}
        </section>
        <section class="sect stack"><h3>"Subject"</h3>{subject_editor(page.app, draft.subject, subject, faults)}</section>
    }
}

/// The request that is to be signed, and what is taken from it.
fn of_request(page: Make) -> View {
    let (draft, faults) = (page.draft, page.submission.faults);
    view! {
        <section class="sect">{Field::area(ids::MAKE_REQUEST, "Request: PEM, with any text around it", draft.request, 7).faults(faults, "/request").view()}</section>
        <section class="sect stack"><div class="sect-head"><h3>"What is taken from it"</h3><span class="note">"Told part by part beside, before anything is signed"</span></div>
            {checkbox("Copy the alternative names", "Names, addresses, e-mail addresses and URIs", draft.copy_names)}
            {checkbox("Copy the usages", "But for signing certificates and revocation lists", draft.copy_usages)}
            {checkbox("Take a weak key", "RSA under 2048 bits", draft.weak_key)}
            <div class="form gap-top">
                {Field::text(ids::MAKE_INSTEAD, "Another subject", draft.instead).placeholder("as in the request").faults(faults, "/policy/subject").view()}
                {Field::area(ids::MAKE_NAMES, "Other alternative names", draft.names, 2).placeholder("as in the request").faults(faults, "/policy/subject_alternative_names").view()}
            </div>
        </section>
    }
}

fn purpose(page: Make) -> View {
    let (draft, faults) = (page.draft, page.submission.faults);
    let asked = page.is(&[Kind::Request]);
    let purposes = move || {
        let all = draft.kind.get().purposes();
        (!all.is_empty()).then(|| Field::select(ids::MAKE_TEMPLATE, "For", draft.template, all).class("field f3").view())
    };
    let left_empty = move || if asked.get() { "Left empty it is only handed out." } else { "Left empty it is the common name." };
    let missing = page.said("/nickname");
    let nickname = Signal::derive(move || missing.get().or_else(|| Some(Note { tone: Tone::Plain, words: left_empty().to_owned() })));
    view! {
        <section class="sect"><h3>"Use"</h3>
            <div class="form">{purposes}{when(move || !asked.get(), move || key(page))}</div>
            <div class="form gap-top">
                {draft.duration.length_fields(page.said_of(&["/validity/months", "/validity/days", "/validity/not_after"]), faults)}
                {Field::text(ids::MAKE_NICKNAME, "Nickname", draft.nickname).class("field f2").note(nickname).faults(faults, "/nickname").view()}
            </div>
        </section>
    }
}

/// A new key of some kind, or one that is here.
fn key(page: Make) -> View {
    let draft = page.draft;
    let option = |(value, words): &(&'static str, &'static str)| {
        let (value, words) = (*value, *words);
        view! { <option value=value selected=move || draft.key.with(|key| key == value)>{words}</option> }
    };
    let new: Vec<View> = KEYS.iter().map(option).collect();
    let present = move || match page.keys.get() {
        Load::Ready(keys) if !keys.is_empty() => {
            view! { <optgroup label="A key that is here">{key_options(keys, present_key, draft.key)}</optgroup> }
        }
        _ => View::nothing(),
    };
    let faults = page.submission.faults;
    faults.covers("/key");
    let choose = move |event: web_sys::Event| {
        faults.forget("/key");
        draft.key.set(event_target_value(&event));
    };
    view! {
        <div class="field f3">
            <label for=ids::MAKE_KEY>"Key"</label>
            <select class="in" id=ids::MAKE_KEY on:change=choose><optgroup label="A new key">{new}</optgroup>{present}</select>
            {move || faults.at("/key").map(|words| view! { <p class="note bad">{words}</p> })}
        </div>
    }
}
