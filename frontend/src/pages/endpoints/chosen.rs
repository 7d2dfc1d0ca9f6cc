//! The chosen endpoint beside the matrix: verdict, fingerprints, how far a client gets, what was seen, what changed.

use certdeck_shared::api::endpoint::{Advice, Endpoint, EndpointSource, EndpointState};
use certdeck_shared::api::probe::ProbeReport;
use certdeck_shared::api::role::Right;

use super::watch::{Seen, Watch};
use super::words::{is_post_quantum, state_mark};
use super::{acting, handshakes, ladder, naming, prints};
use crate::components::data::copy::copy_button;
use crate::components::data::facts::{Fact, fact, fact_code, fact_view, facts};
use crate::components::data::findings;
use crate::components::feedback::{callout, failure, skeleton};
use crate::components::form::submission::Load;
use crate::components::icon::{glyph, icon};
use crate::place::Place;
use crate::state::clock;
use crate::view::*;

/// The pane. Head and buttons follow the row; each section is drawn anew only when its own part is another one.
pub fn chosen(watch: Watch) -> View {
    let row = Memo::new(move |_| watch.chosen_row());
    // What is read out is what changed, not that it was probed once more.
    let said = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| (row.state, row.words.clone()))));
    let address = move || row.with(|row| row.as_ref().map(|row| address(row)));
    view! {
        <div class="pane-head">
            <button class="btn plain icon narrow-only" type="button" aria-label="Back to the list" on:click=move |_| watch.close()>{icon("back")}</button>
            <h2 class="cut" title=address>{move || address().unwrap_or_else(|| "Endpoint".to_owned())}</h2>
            <button class="btn plain icon push wide-only" type="button" aria-label="Close" on:click=move |_| watch.close()>{icon("close")}</button>
        </div>
        <div class="pane-body">
            <section class="sect stack">
                <div aria-live="polite">{move || said.get().map(|(state, words)| verdict(state, words))}</div>
                <p class="note indent">{move || row.get().map(|row| times(&row, watch.app.now.get()))}</p>
                {advice(watch)}
                {when(move || watch.app.may_somewhere(Right::Watch), move || acting::buttons(watch))}
            </section>
            {body(watch)}
        </div>
    }
}

/// `mail.example.com:25`.
fn address(row: &Endpoint) -> String {
    let host = row.server_name.as_deref().unwrap_or(&row.host);
    if host.contains(':') { format!("[{host}]:{}", row.port) } else { format!("{host}:{}", row.port) }
}

fn verdict(state: EndpointState, words: String) -> View {
    let (name, tone, word) = state_mark(state);
    view! { <p class=["verdict ", tone].concat()>{glyph(name)}<span><b>{[word, ". "].concat()}</b>{words}</span></p> }
}

/// Since when it stands so, when it was probed, until when nobody is told.
fn times(row: &Endpoint, now: i64) -> String {
    let mut notes = Vec::new();
    if let Some(since) = row.since.filter(|_| row.state != EndpointState::Paused) {
        notes.push(format!("So since {}.", clock::exact(since)));
    }
    if let Some(probed) = row.probed_at {
        notes.push(format!("Probed {}.", clock::relative(probed, now.max(probed.unix_timestamp()))));
    }
    if let Some(until) = row.snoozed_until.filter(|until| until.unix_timestamp() > now) {
        notes.push(format!("Nobody is told of it until {}.", clock::exact(until)));
    }
    notes.join(" ")
}

/// What makes the four places agree again.
fn advice(watch: Watch) -> View {
    let advised = part(watch, |seen| {
        let service = match &seen.detail.endpoint.source {
            EndpointSource::Service { service, .. } => Some(service.clone()),
            EndpointSource::Hand => None,
        };
        Some((seen.detail.prints.advice?, service))
    });
    let content = move || {
        let (advice, service) = advised.get().flatten()?;
        let plan = |service: &String| ["/deployments?service=", service].concat();
        let (words, link) = match advice {
            Advice::Reload => (
                "The process has not read its file since it was replaced. Reload the service, or start it again.",
                service.map(|service| ("service", "See the service", Place::Service(service).path())),
            ),
            Advice::Deploy => {
                ("The file is not what the database has.", service.map(|service| ("deploy", "Plan a deployment", plan(&service))))
            }
            Advice::ImportFile => (
                "The file is younger than what the database has. Import it, or deploy what the database has.",
                watch.app.selected.get_untracked().map(|db| ("import", "Import the file", Place::Import(db).path())),
            ),
            Advice::LookWhoListens => ("Something else answers at this port than the service that is registered for it.", None),
        };
        let link =
            link.map(|(picture, words, href)| view! { <p class="gap-top"><a class="btn primary" href=href>{icon(picture)}{words}</a></p> });
        Some(view! { {callout("warn", view! { <p>{words}</p>{link} })} })
    };
    view! { {content} }
}

/// A part of what was seen; it counts as a change only when it is another one.
fn part<T: PartialEq + Send + Sync + 'static>(watch: Watch, take: impl Fn(&Seen) -> T + Send + Sync + 'static) -> Memo<Option<T>> {
    Memo::new(move |_| {
        watch.seen.with(|seen| match seen {
            Load::Ready(seen) => Some(take(seen)),
            _ => None,
        })
    })
}

fn body(watch: Watch) -> View {
    let standing = Memo::new(move |_| {
        watch.seen.with(|seen| match seen {
            Load::Waiting => Err(None),
            Load::Failed(words) => Err(Some(words.clone())),
            Load::Ready(_) => Ok(()),
        })
    });
    let retry = Callback::new(move |()| watch.read_again());
    let content = move || match standing.get() {
        Err(None) => skeleton(8),
        Err(Some(words)) => failure("Could not be read", words, Some(retry)),
        Ok(()) => untrack(|| sections(watch)),
    };
    view! { {content} }
}

fn sections(watch: Watch) -> View {
    let rungs = part(watch, |seen| seen.detail.rungs.clone());
    let findings = part(watch, |seen| seen.detail.findings.clone());
    let four = part(watch, |seen| seen.detail.prints.clone());
    let days = part(watch, |seen| (seen.detail.endpoint.recent.clone(), seen.history.days.clone(), seen.detail.endpoint.milliseconds));
    let changes = part(watch, |seen| seen.detail.changes.clone());
    let connection = part(watch, |seen| (seen.detail.endpoint.clone(), seen.detail.report.clone()));
    let line = part(watch, |seen| seen.detail.line.clone());
    let named = part(watch, |seen| {
        let row = &seen.detail.endpoint;
        (row.id.clone(), row.label.clone(), row.tags.clone(), row.source.clone())
    });
    view! {
        <section class="sect"><h3>"Four fingerprints"</h3>{move || four.get().map(|four| prints::prints(&four))}</section>
        {move || rungs.get().filter(|rungs| !rungs.is_empty()).map(|rungs| ladder::ladder(&rungs))}
        {move || findings.get().filter(|findings| !findings.is_empty()).map(|findings| findings::findings(&findings))}
        {move || days.get().map(|(recent, days, now)| handshakes::handshakes(&recent, &days, now))}
        {move || connection.get().map(|(row, report)| served(&row, report.as_ref()))}
        {move || changes.get().filter(|changes| !changes.is_empty()).map(|changes| handshakes::changes(&changes))}
        {move || line.get().filter(|line| !line.is_empty()).map(see_for_yourself)}
        {move || named.get().map(|_| untrack(|| watch.seen.with(|seen| match seen {
            Load::Ready(seen) => Some(naming::about(watch, &seen.detail.endpoint)),
            _ => None,
        })))}
    }
}

/// What the last probe got.
fn served(row: &Endpoint, report: Option<&ProbeReport>) -> View {
    let mut rows: Vec<Fact> = Vec::new();
    for (name, leaf) in [("Certificate", &row.leaf), ("Other key", &row.other_leaf)] {
        let Some(leaf) = leaf else { continue };
        let end = leaf.not_after.map(|end| [", until ", &clock::date(end)].concat()).unwrap_or_default();
        rows.push(fact(name, [leaf.name.as_str(), ", ", &leaf.public_key, &end].concat()));
    }
    if let Some(version) = &row.tls_version {
        let cipher = row.cipher_suite.clone().unwrap_or_default();
        rows.push(fact_view(
            "TLS",
            [version.as_str(), " ", &cipher].concat(),
            view! { <span>{version.clone()}" "<code class="break">{cipher}</code></span> },
        ));
    }
    if let Some(group) = &row.key_exchange_group {
        let known = is_post_quantum(group);
        rows.push(fact("Key exchange", group.clone()).with_note(if known { "post-quantum" } else { "not post-quantum" }));
    }
    rows.extend(row.server_name.as_ref().filter(|name| **name != row.host).map(|name| fact_code("Asked for", name.clone())));
    if let Some(report) = report {
        rows.extend(report.address.as_ref().map(|address| fact_code("Reached at", address.clone())));
        let asked = report.client_certificate_asked.map(|asked| if asked { "asked for" } else { "not asked for" });
        rows.extend(asked.map(|words| fact("Client's", ["a certificate is ", words].concat())));
        rows.extend(report.alert.as_ref().map(|alert| fact_code("Alert", alert.clone())));
    }
    let transcript = report.filter(|report| !report.transcript.is_empty()).map(|report| {
        view! { <details class="gap-top"><summary>"What was said before TLS"</summary><pre class="code">{report.transcript.join("\n")}</pre></details> }
    });
    if rows.is_empty() && transcript.is_none() {
        return View::nothing();
    }
    view! { <section class="sect"><h3>"What it serves"</h3>{facts(vec![("", rows)])}{transcript}</section> }
}

/// The line of openssl that shows the same.
fn see_for_yourself(line: String) -> View {
    let copied = line.clone();
    view! {
        <section class="sect">
            <div class="sect-head"><h3>"See for yourself"</h3>{copy_button("the line", move || copied.clone())}</div>
            <pre class="code">{line}</pre>
        </section>
    }
}
