//! The report of a probe: verdict, what was agreed on, the certificates, and what was said before.

use certdeck_shared::api::probe::{ProbeEngine, ProbeOutcome, ProbeReport, ServedCertificate};
use certdeck_shared::x509::life::{LifeState, life_at};

use crate::components::data::copy::copy_wide;
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::icon::{glyph, icon, state};
use crate::components::x509::pem::pem;
use crate::place::Place;
use crate::state::{App, clock};
use crate::view::*;

/// The report.
pub fn report_view(app: App, report: &ProbeReport) -> View {
    let (mark, tone, word) = verdict(report.outcome);
    let chain: Vec<View> = report.chain.iter().enumerate().map(|(place, one)| certificate(app, place, one)).collect();
    let chain = (!chain.is_empty())
        .then(|| view! { <section class="sect stack"><h3>"Certificates, in the order of the server"</h3><ul class="listed">{chain}</ul></section> });
    let said = report.transcript.join("\n");
    let said = (!said.is_empty())
        .then(|| view! { <section class="sect stack"><h3>"Said before TLS"</h3><pre class="small" tabindex="0">{said}</pre></section> });
    view! {
        <section class="sect stack">
            <p class=["verdict ", tone].concat()>{glyph(mark)}<span><b>{word}</b>" "{report.words.clone()}</span></p>
            {facts(vec![("", agreed(report))])}
        </section>
        {chain}
        {said}
    }
}

/// Mark, tone and word of an outcome.
pub fn verdict(outcome: ProbeOutcome) -> (&'static str, &'static str, &'static str) {
    let word = match outcome {
        ProbeOutcome::Served => return ("ok", "ok", "Served."),
        ProbeOutcome::ClientCertificateRequired => return ("soon", "warn", "Wants a certificate of the client."),
        ProbeOutcome::Unresolved => "No address.",
        ProbeOutcome::Refused => "Refused.",
        ProbeOutcome::Unreachable => "No way to it.",
        ProbeOutcome::TimedOut => "Too slow.",
        ProbeOutcome::Silent => "Silent.",
        ProbeOutcome::Closed => "Closed without a word.",
        ProbeOutcome::TurnedAway => "Turned away.",
        ProbeOutcome::NotOffered => "No STARTTLS.",
        ProbeOutcome::NotAllowed => "Not allowed.",
        ProbeOutcome::OfferedButBroken => "STARTTLS is broken.",
        ProbeOutcome::WrongProtocol => "Something else is spoken.",
        ProbeOutcome::HandshakeFailed => "The handshake failed.",
        ProbeOutcome::KeyMismatch => "The key is another one's.",
    };
    ("expired", "bad", word)
}

fn agreed(report: &ProbeReport) -> Vec<Fact> {
    let mut rows = Vec::new();
    rows.extend(report.address.clone().map(|address| fact_code("Address", address)));
    rows.extend(report.tls_version.clone().map(|version| fact("Version", version)));
    rows.extend(report.cipher_suite.clone().map(|suite| fact_code("Cipher suite", suite)));
    rows.extend(report.key_exchange_group.clone().map(|group| fact("Key exchange", group)));
    if !report.chain.is_empty() {
        rows.push(fact("Key", if report.key_proved { "the server proved that it has it" } else { "not proved" }));
    }
    let clients = report.client_certificate_asked.map(|asked| if asked { "asked for" } else { "not asked for" });
    rows.extend(clients.map(|words| fact("Client certificate", words)));
    rows.extend(report.alert.clone().map(|alert| fact_code("Alert", alert)));
    let engine = report.engine.map(|engine| match engine {
        ProbeEngine::Rustls => "rustls: TLS 1.2 and 1.3 as they are good today",
        ProbeEngine::Openssl => "OpenSSL, with all that is old or short as well",
    });
    rows.extend(engine.map(|words| fact("Seen by", words)));
    rows.push(fact("It took", [&report.milliseconds.to_string(), " ms"].concat()));
    rows
}

/// A certificate of a chain.
pub fn certificate(app: App, place: usize, one: &ServedCertificate) -> View {
    let name = if one.subject.is_empty() { "It cannot be parsed".to_owned() } else { one.subject.clone() };
    let life = one.not_before.zip(one.not_after).map(|(from, to)| {
        let life = life_at(from, to, clock::at(app.now.get_untracked()));
        let (mark, tone) = match life.state {
            LifeState::Expired => ("expired", "bad"),
            LifeState::Due => ("due", "bad"),
            LifeState::Soon => ("soon", "warn"),
            LifeState::NotYet => ("not-yet", "off"),
            LifeState::Valid => ("ok", "ok"),
        };
        view! { <span title=clock::exact(to)>{state(mark, tone, life.words)}</span> }
    });
    let what = match place {
        0 => "Leaf",
        _ if one.subject == one.issuer => "Signed by itself",
        _ => "CA",
    };
    let issued = (!one.issuer.is_empty()).then(|| [what, ", ", &one.public_key, ", issued by ", &one.issuer].concat());
    // The certificates of the database that is open are known to the page.
    let held = app.selected.get_untracked().filter(|_| app.certificates.row(&one.fingerprint_sha256).is_some()).map(|database| {
        let href = Place::Certificate(database, one.fingerprint_sha256.clone()).path();
        view! { <a class="tag" href=href>"in the database"</a> }
    });
    let armour = pem(&one.der.0);
    view! {
        <li>
            {icon("certificate")}
            <span><b class="break">{name}</b><span class="row wrap tight">{life}{held}</span><span class="note break">{issued.unwrap_or_default()}</span><code class="note break">{one.fingerprint_sha256.clone()}</code></span>
            {copy_wide("Copy PEM", move || armour.clone())}
        </li>
    }
}
