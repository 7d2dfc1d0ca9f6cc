//! The chosen request: what will be done to what, why, and what whoever looks at it can do.

use certdeck_shared::api::approval::Approval;

use super::deciding::{decision, withdrawal};
use super::list::Desk;
use super::words::{mark, next, sentence};
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::feedback::callout;
use crate::components::form::submission::back_to_list;
use crate::components::icon::glyph;
use crate::state::clock;
use crate::view::*;

/// The pane of a request.
pub fn chosen(desk: Desk, approval: &Approval) -> View {
    let (symbol, tone, word) = mark(approval);
    let breaks = (!approval.breaks.is_empty())
        .then(|| callout("warn", ["These would stop being valid: ", &approval.breaks.join(", "), "."].concat()));
    let acts = if approval.decidable {
        Some(decision(desk, approval))
    } else {
        (approval.own && approval.state.is_open()).then(|| withdrawal(desk, approval))
    };
    view! {
        <aside class="pane" aria-label="Request for approval">
            <div class="pane-head">{back_to_list(desk.pushed)}<h2 class="cut">{[&approval.requested_by, " asks"].concat()}</h2></div>
            <div class="pane-body">
                <section class="sect stack">
                    <p class=["verdict ", tone].concat()>{glyph(symbol)}<span><b>{[word, "."].concat()}</b>" "{sentence(&approval.words)}</span></p>
                    {breaks}
                    {(!approval.reason.is_empty()).then(|| view! { <p class="prose">{["“", &approval.reason, "”"].concat()}</p> })}
                    <p class="note">{next(approval)}</p>
                    {(!approval.decision_reason.is_empty()).then(|| view! { <p class="prose">{["“", &approval.decision_reason, "”"].concat()}</p> })}
                    {acts}
                </section>
                <section class="sect"><h3>"What the call says"</h3>{body(approval)}</section>
                <section class="sect"><h3>"When and who"</h3>{about(approval)}</section>
            </div>
        </aside>
    }
}

fn body(approval: &Approval) -> View {
    let call = [&approval.method, " ", &approval.path].concat();
    let rows: Vec<View> = approval
        .fields
        .iter()
        .map(|field| {
            let name = field.pointer.trim_start_matches('/').replace('/', " › ");
            view! { <dt>{if name.is_empty() { "body".to_owned() } else { name }}</dt><dd>{field.value.clone()}</dd> }
        })
        .collect();
    view! {
        <p class="prose"><code>{call}</code></p>
        {(!rows.is_empty()).then(|| view! { <dl class="facts">{rows}</dl> })}
        <p class="note">"Passwords and other secrets are neither shown nor kept; of files there is the digest."</p>
    }
}

fn about(approval: &Approval) -> View {
    let mut rows: Vec<Fact> = vec![fact("Who", approval.requested_by.clone())];
    if approval.account != approval.requested_by {
        rows.push(fact("Account", approval.account.clone()));
    }
    rows.extend(approval.requested_at.map(|at| fact("Asked", clock::exact(at))));
    rows.extend(approval.decided_by.clone().map(|who| fact("Decided by", who)));
    rows.extend(approval.decided_at.map(|at| fact("Decided", clock::exact(at))));
    rows.extend(approval.used_at.map(|at| fact("Done", clock::exact(at))));
    rows.push(fact_code("Identifier", approval.id.clone()));
    facts(vec![("", rows)])
}
