//! The loop that probes what is due: so many at once, few of them at one host, none twice at the same time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration as Span;

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::event::{EndpointsProbed, Event};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

use super::evidence::KnownService;
use super::manner::Manner;
use super::{KEPT, Watch, timing};
use crate::domain::databases::OperationError;
use crate::state::{EndpointRecord, SeenEndpoint, StateError};

/// Most probes at once, and at one host.
const MOST: usize = 32;
const MOST_AT_HOST: usize = 4;
/// Most that are looked at to find those that may begin.
const CHOICE: u32 = 500;
/// How often configurations are read anew.
const DERIVE_EVERY: Duration = Duration::minutes(1);
/// The longest sleep: clocks jump, and services change.
const LONGEST_SLEEP: Span = Span::from_secs(30);

/// What goes on.
#[derive(Default)]
struct Round {
    work: JoinSet<Option<SeenEndpoint>>,
    under_way: HashMap<tokio::task::Id, (String, String)>,
    services: HashMap<String, Option<Arc<KnownService>>>,
    derived_at: Option<OffsetDateTime>,
    pruned_on: Option<time::Date>,
}

impl Watch {
    /// Probes until the console ends. A probe that is cut off is done at the next start: it stays due.
    pub async fn run(self) {
        let mut round = Round::default();
        let mut events = self.environment.events.subscribe();
        loop {
            let sleep = match self.begin_due(&mut round).await {
                Ok(sleep) => sleep,
                Err(error) => {
                    tracing::warn!(%error, "endpoints could not be read");
                    LONGEST_SLEEP
                }
            };
            tokio::select! {
                () = self.environment.tasks.ending() => return,
                Some(ended) = round.work.join_next_with_id() => self.ended(&mut round, ended).await,
                () = self.wake.notified() => round.derived_at = None,
                event = events.recv() => match event {
                    Ok(Event::DeploymentChanged { deployment }) if over(deployment.state) => self.deployed(&mut round, &deployment.id).await,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Begins what is due and may begin; how long there is nothing else to do.
    async fn begin_due(&self, round: &mut Round) -> Result<Span, OperationError> {
        let now = self.environment.clock.now();
        let store = self.environment.store.endpoints();
        if round.derived_at.is_none_or(|at| now - at >= DERIVE_EVERY || now < at) {
            self.derive().await?;
            round.derived_at = Some(now);
            round.services.clear();
        }
        if round.pruned_on != Some(now.date()) {
            store.prune((now - KEPT).date()).await?;
            round.pruned_on = Some(now.date());
        }
        let manner = Arc::new(self.manner().await?);
        let due = store.due(now, timing::latest(now, manner.every), CHOICE).await?;
        let mut waiting = false;
        for (endpoint, seen) in due {
            let at_host = round.under_way.values().filter(|(_, host)| *host == endpoint.host).count();
            if round.under_way.values().any(|(id, _)| *id == endpoint.id) {
                continue;
            }
            if round.under_way.len() >= MOST || at_host >= MOST_AT_HOST {
                waiting = true;
                continue;
            }
            self.begin(round, endpoint, seen, &manner).await?;
        }
        if waiting || !round.work.is_empty() {
            return Ok(LONGEST_SLEEP);
        }
        let next = store.next_due().await?.map_or(LONGEST_SLEEP, |next| Span::try_from(next - now).unwrap_or_default());
        Ok(next.clamp(Span::from_millis(50), LONGEST_SLEEP))
    }

    async fn begin(
        &self,
        round: &mut Round,
        endpoint: EndpointRecord,
        seen: Option<Value>,
        manner: &Arc<Manner>,
    ) -> Result<(), OperationError> {
        let known = endpoint.service.as_ref().and_then(|(service, _)| round.services.get(service)).cloned();
        let service = match known {
            Some(known) => known,
            None => self.service_of(&endpoint).await,
        };
        if let Some((id, _)) = &endpoint.service {
            round.services.insert(id.clone(), service.clone());
        }
        let before = seen.map(serde_json::from_value).transpose().map_err(StateError::from)?;
        let (watch, manner, id, host) = (self.clone(), Arc::clone(manner), endpoint.id.clone(), endpoint.host.clone());
        let handle = round.work.spawn(async move {
            let probed = watch.probe_one(endpoint, before, service, &manner).await;
            probed.inspect_err(|error| tracing::warn!(%error, "an endpoint could not be probed")).ok()
        });
        round.under_way.insert(handle.id(), (id, host));
        Ok(())
    }

    /// Keeps what has ended, all that is there at once: one transaction for many.
    async fn ended(&self, round: &mut Round, first: Result<(tokio::task::Id, Option<SeenEndpoint>), tokio::task::JoinError>) {
        let mut seen = Vec::new();
        let mut next = Some(first);
        while let Some(ended) = next {
            let id = match ended {
                Ok((id, probed)) => {
                    seen.extend(probed);
                    id
                }
                Err(broken) => {
                    tracing::error!(%broken, "a probe broke off");
                    broken.id()
                }
            };
            round.under_way.remove(&id);
            next = round.work.try_join_next_with_id();
        }
        if let Err(error) = self.keep(seen).await {
            tracing::warn!(%error, "what probes saw could not be kept");
        }
    }

    /// Keeps what was seen, and tells it to pages and to those who are told of it.
    pub(super) async fn keep(&self, seen: Vec<SeenEndpoint>) -> Result<(), OperationError> {
        let ids: Vec<String> = seen.iter().map(|one| one.id.clone()).collect();
        self.environment.store.endpoints().keep(seen).await?;
        let endpoints = self.rows(Some(&ids)).await?;
        self.notices.endpoints_probed(&endpoints).await?;
        self.environment.events.publish(Event::EndpointsProbed(EndpointsProbed { endpoints }));
        Ok(())
    }

    /// What a deployment touched is looked at at once.
    async fn deployed(&self, round: &mut Round, id: &str) {
        round.derived_at = None;
        let Ok(deployment) = self.deployments.deployment(id).await else { return };
        let services: HashSet<&String> = deployment.parts.iter().map(|part| &part.service).collect();
        for service in services {
            if let Err(error) = self.environment.store.endpoints().hasten(Some(service)).await {
                tracing::warn!(%error, "the endpoints of a service could not be made due");
            }
        }
    }
}

fn over(state: DeploymentState) -> bool {
    !matches!(state, DeploymentState::Running | DeploymentState::RollingBack)
}
