//! One probe of an endpoint, from the question to what is kept.

use std::sync::Arc;

use certdeck_shared::api::endpoint::{Agreement, EndpointDetail, EndpointState, FourPrints};
use certdeck_shared::api::probe::{NewProbe, ProbeKeyType, ProbeOutcome, ProbeReport};
use certdeck_shared::glass::Action;
use serde_json::json;
use tokio::time::Instant;

use super::evidence::{Evidence, KnownService};
use super::judgement::{Judgement, judge};
use super::manner::Manner;
use super::row::{self, SeenDetail, SeenRow};
use super::{Watch, not_found, timing};
use crate::domain::allowance::Allowance;
use crate::domain::command_lines::of_console;
use crate::domain::databases::{OperationError, record};
use crate::host::randomness;
use crate::probe::{self, LIMIT};
use crate::state::{AuditDraft, EndpointRecord, SeenEndpoint, StateError};

impl Watch {
    /// Probes one at once, whether it is paused or not, and tells everything.
    ///
    /// # Errors
    /// `NotFound`; when the state cannot be written.
    pub async fn probe_now(&self, actor: &str, id: &str) -> Result<EndpointDetail, OperationError> {
        let (endpoint, seen, _) = self.environment.store.endpoints().by_id(id).await?.ok_or_else(|| not_found(id))?;
        let service = self.service_of(&endpoint).await;
        let subject = format!("{}:{}", endpoint.host, endpoint.port);
        let before = seen.map(serde_json::from_value).transpose().map_err(StateError::from)?;
        let seen = self.probe_one(endpoint, before, service, &self.manner().await?).await?;
        let draft = AuditDraft::success(actor, "endpoint.probe")
            .subject(subject)
            .after(json!({"state": seen.state, "leaf": seen.leaf}))
            .standing_for(of_console(&Action::ProbeEndpoint { endpoint: id.to_owned(), probe: None }));
        self.keep(vec![seen]).await?;
        record(&self.environment, draft).await;
        self.detail(id).await
    }

    /// Makes all due at once. Each is told when it has been probed.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn probe_all(&self, actor: &str) -> Result<(), OperationError> {
        self.environment.store.endpoints().hasten(None).await?;
        let draft = AuditDraft::success(actor, "endpoint.probe").subject("all endpoints");
        record(&self.environment, draft.standing_for(of_console(&Action::ProbeEndpoints))).await;
        self.wake.notify_one();
        Ok(())
    }

    /// Probes and judges. Nothing is kept yet.
    pub(super) async fn probe_one(
        &self,
        endpoint: EndpointRecord,
        before: Option<SeenRow>,
        service: Option<Arc<KnownService>>,
        manner: &Manner,
    ) -> Result<SeenEndpoint, OperationError> {
        let (now, began) = (self.environment.clock.now(), Instant::now());
        let asked = endpoint.question();
        let report = asked_of(&asked, &manner.allowance).await;
        let leaf = report.leaf().map(row::leaf);
        let first_today = endpoint.probed_at.is_none_or(|at| at.date() != now.date());
        let changed = before.as_ref().is_none_or(|before| before.leaf != leaf);
        // Whether there is another certificate changes seldom.
        let other = match (&report, other_key(&report)) {
            (ProbeReport { outcome: ProbeOutcome::Served, .. }, Some(key_type))
                if first_today || changed || before.as_ref().is_some_and(|before| before.other_leaf.is_some()) =>
            {
                let other = asked_of(&NewProbe { key_type: Some(key_type), ..asked }, &manner.allowance).await;
                Some(other).filter(|other| other.outcome == ProbeOutcome::Served && other.leaf() != report.leaf())
            }
            _ => None,
        };
        let mut evidence = self.evidence(endpoint, (report, other), service, &manner.policy, Self::recently()).await;
        let mut judgement = judge(&evidence);
        if judgement.is_bad_news() {
            evidence = self.looked_again(evidence, began).await;
            judgement = judge(&evidence);
        }
        let Judgement { state, words, due, rungs, prints, findings } = judgement;
        let Evidence { record: endpoint, report, other, .. } = evidence;
        let failures = if state == EndpointState::Down { endpoint.failures.saturating_add(1) } else { 0 };
        let milliseconds = matches!(report.outcome, ProbeOutcome::Served).then(|| u32::try_from(report.milliseconds).unwrap_or(u32::MAX));
        let row = SeenRow {
            words,
            leaf: leaf.clone(),
            other_leaf: other.as_ref().and_then(|other| other.leaf()).map(row::leaf),
            tls_version: report.tls_version.clone(),
            cipher_suite: report.cipher_suite.clone(),
            key_exchange_group: report.key_exchange_group.clone(),
            agreement: agreement(&prints),
            milliseconds,
            due,
        };
        let change = changes(&endpoint, before.as_ref(), state, &row);
        let chance = f64::from(u32::from_be_bytes(randomness::bytes())) / f64::from(u32::MAX);
        Ok(SeenEndpoint {
            at: now,
            state,
            change,
            leaf: leaf.map(|leaf| leaf.fingerprint_sha256),
            milliseconds,
            failures,
            next_probe_at: timing::next(now, manner.every, failures, chance),
            row: serde_json::to_value(&row).map_err(StateError::from)?,
            detail: serde_json::to_value(SeenDetail { rungs, prints, findings, report }).map_err(StateError::from)?,
            id: endpoint.id,
        })
    }

    /// The same evidence with everything beside the probe read anew.
    async fn looked_again(&self, evidence: Evidence, since: Instant) -> Evidence {
        let Evidence { record, report, other, policy, .. } = evidence;
        let service = self.service_of(&record).await;
        self.evidence(record, (report, other), service, &policy, since).await
    }
}

/// Asks a host that may be asked.
async fn asked_of(new: &NewProbe, allowance: &Allowance) -> ProbeReport {
    probe::probe_through(new, &|addresses| allowance.check(&new.host, addresses), LIMIT).await
}

/// The kind of key that the certificate of a report does not have.
fn other_key(report: &ProbeReport) -> Option<ProbeKeyType> {
    let key = &report.leaf()?.public_key;
    match () {
        () if key.starts_with("RSA") => Some(ProbeKeyType::Ecdsa),
        () if key.starts_with("EC") => Some(ProbeKeyType::Rsa),
        () => None,
    }
}

fn agreement(prints: &FourPrints) -> Agreement {
    Agreement { database: prints.database.mark, file: prints.file.mark, process: prints.process.mark, wire: prints.wire.mark }
}

/// What is different now, as a sentence; nothing when nothing is.
fn changes(endpoint: &EndpointRecord, before: Option<&SeenRow>, state: EndpointState, now: &SeenRow) -> Option<String> {
    let Some(before) = before else { return Some(format!("First probe. {}", now.words)) };
    let mut words = Vec::new();
    match (&before.leaf, &now.leaf) {
        (Some(old), Some(new)) if old.fingerprint_sha256 != new.fingerprint_sha256 => {
            words.push(format!("It serves another certificate: {} instead of {}.", new.name, old.name));
        }
        _ => {}
    }
    if endpoint.state != state {
        words.push(now.words.clone());
    }
    if let (Some(old), Some(new)) = (&before.tls_version, &now.tls_version)
        && old != new
    {
        words.push(format!("{new} instead of {old}."));
    }
    (!words.is_empty()).then(|| words.join(" "))
}
