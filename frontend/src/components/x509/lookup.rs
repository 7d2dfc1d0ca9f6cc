//! Revocation as the certificate's own addresses tell it: looked up only when asked, and only where the console's settings allow the host.

use std::sync::Arc;

use certdeck_shared::api::validation::{RevocationAnswer, RevocationMethod, RevocationQuestion, RevocationReport, RevocationStatus};

use crate::components::form::submission::Submission;
use crate::components::icon::state;
use crate::state::row::Row;
use crate::state::{App, clock};
use crate::transport::client;
use crate::view::*;

/// The section; nothing where the certificate names no address.
pub fn lookup(app: App, row: &Arc<Row>) -> View {
    let named = row.view.as_ref().is_ok_and(|view| !view.ocsp.is_empty() || !view.crl_distribution_points.is_empty());
    if !named {
        return View::nothing();
    }
    let fingerprint = row.entry.fingerprint_sha256.clone();
    let report = RwSignal::new(None::<RevocationReport>);
    let asking = Submission::new();
    let ask = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(database) = app.selected.get_untracked() else { return };
        let fingerprint = fingerprint.clone();
        let call = async move {
            let question = RevocationQuestion { crl: true, ocsp: true };
            client().check_revocation(&database, &fingerprint, &question).await
        };
        asking.run(call, move |answer| {
            report.try_set(Some(answer));
        });
    };
    let answers = move || report.get().map(|report| report.answers.iter().map(line).collect::<Vec<_>>());
    view! {
        <section class="sect">
            <form class="sect-head" on:submit=ask>
                <h2>"Revocation"</h2><span class="note">"asked at the addresses it names"</span>
                <span class="push">{asking.button("search", "Look up", Signal::stored(true))}</span>
            </form>
            <dl class="facts">{answers}</dl>
            {asking.faults.callout()}
        </section>
    }
}

fn line(answer: &RevocationAnswer) -> View {
    let (glyph, tone, words) = match answer.status {
        RevocationStatus::Good => ("ok", "ok", "Not revoked"),
        RevocationStatus::Revoked => ("expired", "bad", "Revoked"),
        RevocationStatus::Unknown => ("soon", "warn", "Not known there"),
        RevocationStatus::Unusable => ("soon", "warn", "Does not count"),
        RevocationStatus::Unreachable => ("soon", "warn", "No answer"),
        RevocationStatus::NotAllowed => ("soon", "warn", "Not allowed"),
    };
    let method = match answer.method {
        RevocationMethod::Crl => "CRL",
        RevocationMethod::Ocsp => "OCSP",
    };
    let since = answer.revoked_at.map(|at| [" since ", &clock::exact(at)].concat());
    view! {
        <dt>{method}</dt>
        <dd class="stack"><span>{state(glyph, tone, words)}{since}</span><code class="break">{answer.address.clone()}</code><span class="note">{answer.detail.clone()}</span></dd>
    }
}
