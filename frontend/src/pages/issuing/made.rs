//! What was made: the certificate to hand out, what became of the request, what its author should know.

use crate::view::*;
use certdeck_shared::api::issue::{Decision, DecisionOutcome, IssuedCertificate};

use crate::components::data::copy::copy_wide;
use crate::components::data::facts::{fact, fact_code, facts};
use crate::components::feedback::callout;
use crate::components::icon::{icon, state};
use crate::place::Place;
use crate::state::{browser, clock};

/// The certificate.
pub fn made(db: &str, issued: IssuedCertificate) -> View {
    let (pem, chain) = (StoredValue::new(issued.pem.clone()), StoredValue::new([issued.pem.as_str(), &issued.chain_pem].concat()));
    let name = issued.nickname.clone().unwrap_or_else(|| issued.subject.clone());
    let save = move |extension: &'static str, text: StoredValue<String>| {
        let name = name.clone();
        move |_| browser::download(&browser::file_name(&name, extension), "application/x-pem-file", text.get_value().as_bytes())
    };
    let link = issued.nickname.is_some().then(|| {
        let place = Place::Certificate(db.to_owned(), issued.fingerprint_sha256.clone());
        view! { <a class="btn primary" href=place.path()>{icon("certificate")}"Open the certificate"</a> }
    });
    view! {
        <section class="sect stack">
            {callout("ok", if issued.nickname.is_some() { "The certificate is made and in the database." } else { "The certificate is made. It is not in the database: hand it out." })}
            {issued.notes.iter().map(|note| callout("warn", note.clone())).collect::<Vec<_>>()}
            {facts(vec![("", vec![
                fact("Subject", issued.subject.clone()),
                fact("Good", [clock::date(issued.not_before).as_str(), " – ", &clock::date(issued.not_after)].concat()),
                fact_code("Serial number", issued.serial_number.clone()),
                fact_code("SHA-256", issued.fingerprint_sha256.clone()),
            ])])}
            <div class="row wrap">
                {link}
                {copy_wide("Copy PEM", move || pem.get_value())}
                <button class="btn" type="button" on:click=save("pem", pem)>{icon("export")}"Certificate"</button>
                <button class="btn" type="button" on:click=save("chain.pem", chain)>{icon("export")}"With chain"</button>
            </div>
        </section>
        {(!issued.decisions.is_empty()).then(|| decisions(issued.decisions))}
    }
}

/// What the policy makes of each part of a request.
pub fn decisions(decisions: Vec<Decision>) -> View {
    let rows: Vec<View> = decisions
        .into_iter()
        .map(|decision| {
            let word = match decision.outcome {
                DecisionOutcome::Copied => state("ok", "ok", "Copied"),
                DecisionOutcome::Replaced => state("soon", "warn", "Replaced"),
                DecisionOutcome::LeftOut => state("none", "off", "Left out"),
                DecisionOutcome::Added => state("info", "live", "Added"),
            };
            let given = match (decision.asked, decision.given) {
                (Some(asked), Some(given)) if asked != given => [asked.as_str(), " → ", &given].concat(),
                (_, Some(given)) => given,
                (asked, None) => asked.unwrap_or_default(),
            };
            view! { <li>{word}<span><b>{decision.part}</b><span>{given}</span><span class="note">{decision.reason}</span></span></li> }
        })
        .collect();
    view! { <section class="sect"><h3>"What becomes of the request"</h3><ul class="decisions">{rows}</ul></section> }
}
