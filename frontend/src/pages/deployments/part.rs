//! One service of a plan or deployment, and the index of them.

use crate::view::*;
use certdeck_shared::api::plan::{Disturbance, PlanPart, PlanState, PlannedProbe};
use certdeck_shared::api::service::TlsMode;

use super::changes::changes;
use super::checks::checks;
use crate::components::data::facts::{fact, fact_view, facts};
use crate::components::icon::{state, toned_glyph};
use crate::place::Place;
use crate::state::clock;

/// The index of services, in the order they are changed; `at` is the chosen one, `tone` glyph and tone of one.
pub fn index(
    parts: &[PlanPart],
    at: RwSignal<usize>,
    tone: impl Fn(usize) -> (&'static str, &'static str) + Copy + Send + 'static,
) -> View {
    let rows: Vec<_> = parts
        .iter()
        .enumerate()
        .map(|(place, part)| {
            let ports: Vec<String> = part.probes.iter().map(|probe| probe.port.to_string()).collect();
            let sub = [part.kind.title(), " ", part.version.as_deref().unwrap_or_default(), " ", &ports.join(" ")].concat();
            let proofs = match part.probes.len() {
                0 => "no port".to_owned(),
                1 => "1 proof".to_owned(),
                number => format!("{number} proofs"),
            };
            let mark = move || {
                let (glyph, tone) = tone(place);
                toned_glyph(glyph, tone)
            };
            view! {
                <button type="button" aria-current=move || (at.get() == place).then_some("true") on:click=move |_| at.set(place)>
                    {mark}<b class="cut">{part.label.clone()}</b><span class="n">{proofs}</span><span class="sub cut">{sub}</span>
                </button>
            }
        })
        .collect();
    view! { <div class="pane-body idx">{rows}</div> }
}

/// Everything that is planned for a service.
pub fn part_view(part: &PlanPart) -> View {
    view! {
        {about(part)}
        {checks(part.checks.clone())}
        {changes(part)}
        {taken_up(part)}
        {ports(&part.probes)}
    }
}

/// How it stands, in words.
pub fn standing(plan: PlanState) -> View {
    match plan {
        PlanState::Ready => state("ok", "ok", "Ready"),
        PlanState::Unchanged => state("ok", "off", "Nothing to do"),
        PlanState::Blocked => state("expired", "bad", "Stopped by a check"),
        PlanState::Stale => state("stale", "warn", "Out of date"),
        PlanState::Applied => state("ok", "off", "Applied"),
    }
}

fn about(part: &PlanPart) -> View {
    let service = view! { <a href=Place::Service(part.service.clone()).path()>{part.label.clone()}</a> };
    let mut rows = vec![fact_view("Service", part.label.clone(), service), fact("Program", program(part))];
    if part.state != PlanState::Ready {
        rows.push(fact_view("State", String::new(), standing(part.state)));
    }
    for certificate in &part.certificates {
        let words = [&certificate.subject, ", ", &certificate.public_key, ", until ", &clock::date(certificate.not_after)].concat();
        rows.push(fact("To be served", words));
    }
    view! { <section class="sect">{facts(vec![("", rows)])}</section> }
}

fn program(part: &PlanPart) -> String {
    match &part.version {
        Some(version) => [part.kind.title(), " ", version, ", ", &part.config].concat(),
        None => [part.kind.title(), ", ", &part.config].concat(),
    }
}

fn taken_up(part: &PlanPart) -> View {
    if part.state == PlanState::Unchanged || part.activation.why.is_empty() {
        return View::nothing();
    }
    let word = match part.activation.disturbance {
        Disturbance::None => state("ok", "ok", "Not disturbed"),
        Disturbance::Reload => state("ok", "ok", "Reload"),
        Disturbance::Wait => state("none", "off", "It looks by itself"),
        Disturbance::Restart => state("soon", "warn", "Restart"),
    };
    let line = (!part.activation.arguments.is_empty()).then(|| {
        let line = part.activation.arguments.join(" ");
        view! { <p><code class="break">{line}</code></p> }
    });
    view! { <section class="sect stack"><h3>"How it is taken up"</h3><p>{word}" "{part.activation.why.clone()}</p>{line}</section> }
}

/// What is asked at a port, in short: `993 IMAP, TLS from the first byte`.
pub fn port_words(probe: &PlannedProbe) -> String {
    let how = if probe.tls == TlsMode::Starttls { ", STARTTLS" } else { "" };
    let name = probe.server_name.as_ref().map(|name| [" for ", name].concat()).unwrap_or_default();
    [&probe.port.to_string(), " ", probe.protocol.title(), how, &name].concat()
}

fn ports(probes: &[PlannedProbe]) -> View {
    if probes.is_empty() {
        return View::nothing();
    }
    let rows: Vec<_> = probes
        .iter()
        .map(|probe| {
            let before = match &probe.before {
                Some(before) if *before == probe.expected => "serves it already".to_owned(),
                Some(before) => ["serves ", &short(before), " now"].concat(),
                None => "serves nothing now".to_owned(),
            };
            view! { <tr><td class="r-name">{port_words(probe)}</td><td class="r-sub">{[&probe.host, ", ", &probe.endpoint].concat()}</td><td class="r-end" title=probe.expected.clone()>{before}</td></tr> }
        })
        .collect();
    view! {
        <section class="sect flush stack"><h3>"Ports that must serve it afterwards"</h3>
            <table class="grid rows"><thead><tr><th scope="col">"Port"</th><th scope="col">"Where"</th><th scope="col">"Now"</th></tr></thead><tbody>{rows}</tbody></table>
        </section>
    }
}

/// Begin and end of a fingerprint.
pub fn short(fingerprint: &str) -> String {
    let (begin, end) =
        (fingerprint.get(..8).unwrap_or(fingerprint), fingerprint.get(fingerprint.len().saturating_sub(4)..).unwrap_or_default());
    [begin, "…", end].concat()
}
