//! One list: of whom, of when, how many it revokes, whether NSS heeds it.

use certdeck_shared::api::revocation::{Revocation, RevocationReason, StoredList};
use certdeck_shared::validation::ListStanding;

use super::page::Page;
use crate::components::data::facts::{fact, facts};
use crate::components::feedback::callout;
use crate::components::icon::{icon, state};
use crate::place::Place;
use crate::state::clock;
use crate::view::*;

/// The section of a list.
pub fn the_list(page: Page, list: &StoredList) -> View {
    let kept = StoredValue::new(list.clone());
    let overdue = list.next_update.is_some_and(|next| next.unix_timestamp() < page.app.now.get_untracked());
    let next = match list.next_update {
        Some(next) if overdue => [&clock::exact(next), ", overdue"].concat(),
        Some(next) => clock::exact(next),
        None => "not said".to_owned(),
    };
    let here: Vec<View> = list.revoked_here.iter().map(|one| revoked(page, one)).collect();
    let note = match list.standing {
        ListStanding::Heeded if overdue => Some(callout(
            "warn",
            "The next list is due. NSS goes on heeding this one; OpenSSL and others refuse what they look up in it. Import the CA's newer list.",
        )),
        ListStanding::Heeded => None,
        ListStanding::Older | ListStanding::NoIssuer => Some(callout("live", list.standing_in_words.clone())),
        _ => Some(callout("bad", list.standing_in_words.clone())),
    };
    let fingerprint = StoredValue::new(list.fingerprint_sha256.clone());
    let is_doomed = move || page.doomed.with(|doomed| fingerprint.with_value(|own| own == doomed));
    let actions = move || {
        if is_doomed() {
            return view! {
                <button class="btn danger" type="button" disabled=page.deleting.busy on:click=move |_| page.delete(fingerprint.get_value())>{icon("delete")}"Delete it"</button>
                <button class="btn" type="button" on:click=move |_| page.doomed.set(String::new())>"Keep"</button>
            };
        }
        view! {
            <button class="btn plain" type="button" on:click=move |_| kept.with_value(|list| page.save(list))>{icon("export")}"Save"</button>
            <button class="btn plain" type="button" on:click=move |_| page.doomed.set(fingerprint.get_value())>{icon("delete")}"Delete"</button>
        }
    };
    let warning = move || {
        is_doomed()
            .then(|| callout("warn", "What only this list revokes is valid for NSS again once it is deleted. A snapshot is taken first."))
    };
    view! {
        <section class="sect stack">
            <div class="sect-head"><h3 class="cut">{list.issuer.clone()}</h3>{standing(list.standing)}<span class="push row tight">{actions}</span></div>
            {warning}
            {note}
            {entry(page, list)}
            {facts(vec![("", vec![
                fact("Number", list.number.clone().unwrap_or_else(|| "none".to_owned())),
                fact("Made", clock::exact(list.this_update)),
                fact("Next due", next),
                fact("Revokes", counted(list.revoked_count, list.revoked_here.len())),
                fact("Signature", list.signature_algorithm.clone()),
            ])])}
            <ul class="decisions">{here}</ul>
        </section>
    }
}

fn counted(all: usize, here: usize) -> String {
    let all = match all {
        0 => return "nothing".to_owned(),
        1 => "1 certificate".to_owned(),
        _ => [&all.to_string(), " certificates"].concat(),
    };
    [&all, ", ", &if here == 0 { "none".to_owned() } else { here.to_string() }, " of this database"].concat()
}

fn standing(standing: ListStanding) -> View {
    match standing {
        ListStanding::Heeded => state("ok", "ok", "Heeded"),
        ListStanding::Older => state("dot", "off", "Older"),
        ListStanding::NoIssuer => state("dot", "off", "No issuer here"),
        ListStanding::NotSigned => state("expired", "bad", "Not signed by it"),
        ListStanding::NotUnderstood => state("expired", "bad", "Not understood"),
        ListStanding::SpoiltByAnother => state("expired", "bad", "Not heeded"),
    }
}

/// What it says of the serial number that was asked about.
fn entry(page: Page, list: &StoredList) -> Option<View> {
    let asked = page.asked.get_untracked();
    if asked.is_empty() {
        return None;
    }
    Some(match &list.entry {
        Some(entry) => callout("bad", [&asked, ": revoked on ", &clock::exact(entry.revoked_at), ", ", entry.reason.words(), "."].concat()),
        None => callout("ok", [&asked, " is not on this list."].concat()),
    })
}

fn revoked(page: Page, one: &Revocation) -> View {
    let who = one.subject.clone().unwrap_or_else(|| one.serial_number.clone());
    let word = if one.reason == RevocationReason::CertificateHold { "Held" } else { "Revoked" };
    let href = one.fingerprint_sha256.clone().map(|fingerprint| Place::Certificate(page.db.get_value(), fingerprint).path());
    view! {
        <li>{state("expired", "bad", word)}<span><b><a href=href>{who}</a></b><span class="note">{one.reason.words()}" · "{clock::date(one.revoked_at)}" · "{one.serial_number.clone()}</span></span></li>
    }
}
