//! What a certificate is valid for: NSS's ten usages at a time one slides to, each with its reasons; OpenSSL and the web's rules beside it.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::api::client::ValidationQuery;
use certdeck_shared::api::validation::{OtherVerdict, Verifier};
use certdeck_shared::validation::{Findings, Usage};
use leptos::task::spawn_local;

use super::lookup::lookup;
use crate::components::feedback::callout;
use crate::components::icon::state;
use crate::ids;
use crate::state::row::Row;
use crate::state::{App, clock};
use crate::transport::client;

const DAY: i64 = 86_400;

/// The section.
pub fn validity(app: App, row: &Arc<Row>) -> View {
    let now = app.now.get_untracked();
    let id = StoredValue::new(row.entry.fingerprint_sha256.clone());
    let at = RwSignal::new(now);
    let others = RwSignal::new(Vec::<OtherVerdict>::new());
    let hear = move || ask_others(app, id.get_value(), at.get_untracked(), others);
    hear();
    let date = move || clock::date(clock::at(at.get()));
    let slide = move |event| {
        if let Ok(days) = event_target_value(&event).parse::<i64>() {
            at.set(now + days * DAY);
        }
    };
    let first = (row.not_before - now) / DAY - 30;
    let last = ((row.not_after.min(now + 200 * 365 * DAY) - now) / DAY).max(0) + 60;
    let rows = move || {
        let heard = others.get();
        let verdicts = id.with_value(|id| app.verifier.verdicts(app, id, at.get()));
        verdicts.into_iter().map(|(usage, findings, staged)| line(app, usage, &findings, staged, &heard)).collect::<Vec<_>>()
    };
    let differences = move || {
        let mut said: Vec<String> = others.get().into_iter().filter_map(|other| other.differs).collect();
        said.sort();
        said.dedup();
        said.into_iter().map(|words| callout("live", words)).collect::<Vec<_>>()
    };
    view! {
        <section class="sect">
            <div class="sect-head"><h2>"Valid for"</h2><span class="note">"as NSS says, certutil -V"</span></div>
            <div class="row wrap time-of-verdict">
                <label for=ids::VERDICT_TIME>"On "<b>{date}</b></label>
                <input type="range" id=ids::VERDICT_TIME min=first.to_string() max=last.to_string() step="1" aria-valuetext=date
                    prop:value=move || ((at.get() - now) / DAY).to_string() on:input=slide on:change=move |_| hear()/>
                <button class="btn plain" type="button" disabled=move || at.get() == now on:click=move |_| { at.set(now); hear(); }>"Now"</button>
            </div>
            <table class="matrix left verdicts">
                <colgroup><col class="w-name"/><col class="w-mark"/><col/><col class="w-mark"/><col class="w-mark"/></colgroup>
                <thead><tr><th scope="col">"Usage"</th><th scope="col">"NSS"</th><th scope="col">"Why not"</th><th scope="col">"OpenSSL"</th><th scope="col">"Web"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <div class="stack gap-top">{differences}</div>
        </section>
        {lookup(app, row)}
    }
}

fn ask_others(app: App, fingerprint: String, at: i64, others: RwSignal<Vec<OtherVerdict>>) {
    let Some(database) = app.selected.get_untracked() else { return };
    let text = clock::at(at).format(&time::format_description::well_known::Rfc3339).ok();
    spawn_local(async move {
        let query = ValidationQuery { at: text, usage: Some("CVSR".to_owned()), name: None };
        match client().other_verdicts(&database, &fingerprint, &query).await {
            // Another certificate may be shown by now, and its signal be gone.
            Ok(heard) => drop(others.try_set(heard.others)),
            Err(error) => app.note_error(&error),
        }
    });
}

fn line(app: App, usage: Usage, findings: &Findings, staged: bool, others: &[OtherVerdict]) -> View {
    let valid = findings.is_valid();
    let class = match (valid, staged) {
        (true, false) => "del",
        (false, true) => "add",
        _ => "",
    };
    let why: Vec<View> = findings
        .by_depth()
        .into_iter()
        .map(|reason| {
            let who = if reason.depth == 0 { String::new() } else { [&app.verifier.name(reason.place), ": "].concat() };
            let words = match reason.revocation {
                Some(revocation) => revocation.words(&app.verifier.name(revocation.issuer)),
                None => reason.error.text().to_owned(),
            };
            view! { <div title=reason.error.name()>{who}{words}</div> }
        })
        .collect();
    let note = (valid && !usage.is_verified()).then(|| view! { <span class="faint">"NSS looks at the dates only"</span> });
    let other = |verifier: Verifier| {
        let heard = others.iter().find(|one| one.usage == usage && one.verifier == verifier);
        heard.map(|one| view! { <span title=one.detail.clone()>{mark(one.valid)}</span> })
    };
    view! {
        <tr><th scope="row">{usage.words()}<code>{usage.letter().to_string()}</code></th><td class=class>{mark(valid)}</td><td class="note">{why}{note}</td>
        <td>{other(Verifier::Openssl)}</td><td>{other(Verifier::Web)}</td></tr>
    }
}

fn mark(valid: bool) -> View {
    if valid { state("ok", "ok", "Valid") } else { state("expired", "bad", "No") }
}
