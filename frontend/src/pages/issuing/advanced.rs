//! What is usually as it should be: usages, path length, addresses of the issuer, the beginning, serial number, trust. Closed until wanted.

use crate::view::*;

use super::draft::{Draft, Kind, filled};
use super::make::Make;
use crate::components::form::field::Field;
use crate::components::x509::usages::usage_boxes;
use crate::ids;

/// The section.
pub fn section(page: Make) -> View {
    let (draft, faults) = (page.draft, page.submission.faults);
    let asked = page.is(&[Kind::Request]);
    let authority = Signal::derive(move || draft.is_authority());
    let usual = move || match draft.kind.get() {
        Kind::SelfSigned => Some("P,, as usual"),
        Kind::Root => Some("C,C,C as usual"),
        Kind::Issued => Some("none as usual"),
        Kind::Request => None,
    };
    view! {
        <details class="sect more" open=move || page.refused_within()>
            <summary>"Advanced "<span class="note">{move || differs(draft)}</span></summary>
            <div class="form gap-top">
                {draft.duration.begin_fields(page.said_of(&["/validity/offset_months", "/validity/not_before"]), faults)}
                {when(move || authority.get(), move || path_length(page))}
                {Field::text(ids::MAKE_SERIAL, "Serial number", draft.serial).class("field f3").placeholder("random, 126 bits").note(page.said("/serial_number")).faults(faults, "/serial_number").view()}
                {move || usual().map(|usual| Field::text(ids::MAKE_TRUST, "Trust", draft.trust).class("field f3").placeholder(usual).note(page.said("/trust")).faults(faults, "/trust").view())}
            </div>
            {when(move || !asked.get(), move || view! {
                <div class="gap-top stack"><p class="note">"Usages instead of those that go with its purpose; ticking none leaves them."</p>
                {usage_boxes(draft.key_usage, draft.extended_key_usage)}
                {move || page.prospect.with(|prospect| prospect.fault("/form/key_usage").or_else(|| prospect.fault("/form/extended_key_usage"))).map(|words| view! { <p class="note bad">{words}</p> })}</div>
            })}
            {when(move || !asked.get(), move || addresses(page, "/addresses/crl_distribution_points", "/addresses/ocsp"))}
            {when(move || asked.get(), move || addresses(page, "/policy/addresses/crl_distribution_points", "/policy/addresses/ocsp"))}
        </details>
    }
}

fn path_length(page: Make) -> View {
    let faults = page.submission.faults;
    let pointer =
        if untrack(|| page.draft.kind.get()) == Kind::Request { "/policy/path_length" } else { "/form/basic_constraints/path_length" };
    Field::text(ids::MAKE_PATH_LENGTH, "CAs that may follow", page.draft.path_length)
        .class("field f3")
        .placeholder("any number")
        .note(page.said("/form/basic_constraints/path_length"))
        .faults(faults, pointer)
        .view()
}

/// What the certificate says of its issuer.
fn addresses(page: Make, lists: &'static str, responders: &'static str) -> View {
    let (draft, faults) = (page.draft, page.submission.faults);
    view! {
        <div class="form gap-top">
            {Field::area(ids::MAKE_LISTS, "Revocation list, one address a line", draft.lists, 2).class("field f3").placeholder("http://pki.example.org/ca.crl").note(page.said("/addresses/crl_distribution_points")).faults(faults, lists).view()}
            {Field::area(ids::MAKE_RESPONDERS, "OCSP responder, one address a line", draft.responders, 2).class("field f3").placeholder("http://ocsp.example.org/").note(page.said("/addresses/ocsp")).faults(faults, responders).view()}
        </div>
    }
}

/// What of it is not as usual.
fn differs(draft: Draft) -> String {
    let request = draft.kind.get() == Kind::Request;
    let parts = [
        (draft.duration.begins_elsewhen(), "beginning"),
        (draft.is_authority() && filled(draft.path_length).is_some(), "path length"),
        (filled(draft.serial).is_some(), "serial number"),
        (!request && filled(draft.trust).is_some(), "trust"),
        (!request && !draft.key_usage.with(Vec::is_empty), "key usage"),
        (!request && !draft.extended_key_usage.with(Vec::is_empty), "extended key usage"),
        (filled(draft.lists).is_some(), "revocation list"),
        (filled(draft.responders).is_some(), "OCSP"),
    ];
    let set: Vec<&str> = parts.into_iter().filter_map(|(own, words)| own.then_some(words)).collect();
    if set.is_empty() {
        "all as usual: begins now, a random serial number, usages of its purpose".to_owned()
    } else {
        ["your own: ", &set.join(", ")].concat()
    }
}
