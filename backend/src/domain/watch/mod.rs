//! Endpoints that are watched: of registered services, and added by hand. Each is probed at its time, judged, and kept with its days.

mod authorities;
mod decisions;
mod derived;
mod evidence;
mod findings;
mod judgement;
mod ladder;
mod listening;
mod manner;
mod measures;
mod moments;
mod prints;
mod probing;
mod report;
mod rounds;
mod row;
mod surroundings;
mod timing;

use std::collections::HashMap;
use std::sync::Arc;

use certdeck_shared::api::endpoint::{Endpoint, EndpointDay, EndpointDetail, EndpointHistory, Endpoints, WatchSettings};
use certdeck_shared::glass::Action;
use time::Duration;
use tokio::sync::{Mutex, Notify};

use super::command_lines;
use super::console::Environment;
use super::databases::{Databases, OperationError};
use super::deployment::Deployments;
use super::notices::Notices;
use super::services::Services;
use super::sight::Concerned;
use crate::host::tree::Tree;
use crate::state::{EndpointRecord, StateError};
use authorities::Remembered;
use row::{SeenDetail, SeenRow};
use surroundings::Looked;

/// How often an endpoint is probed until somebody decides otherwise.
const EVERY_SECONDS: u32 = 900;
/// How many changes the page of an endpoint shows.
const CHANGES: u32 = 50;
/// How long days and changes are kept.
const KEPT: Duration = Duration::days(400);

/// The endpoints of the console; cheap to clone.
#[derive(Clone)]
pub struct Watch {
    environment: Environment,
    databases: Databases,
    services: Services,
    deployments: Deployments,
    notices: Notices,
    tree: Tree,
    /// The last look at the processes of this host.
    looked: Arc<Mutex<Looked>>,
    /// The CA certificates of the databases.
    remembered: Arc<Mutex<Remembered>>,
    /// Something is due, or another way of watching was decided.
    wake: Arc<Notify>,
}

impl Watch {
    /// Those of the state.
    #[must_use]
    pub fn new(
        environment: Environment,
        databases: Databases,
        services: Services,
        deployments: Deployments,
        notices: Notices,
        tree: Tree,
    ) -> Self {
        let (looked, remembered, wake) = (Arc::default(), Arc::default(), Arc::default());
        Self { environment, databases, services, deployments, notices, tree, looked, remembered, wake }
    }

    /// A service came or went: its endpoints are looked for at once.
    pub fn services_changed(&self) {
        self.wake.notify_one();
    }

    /// All, by host and port, with how they are watched.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn list(&self) -> Result<Endpoints, OperationError> {
        Ok(Endpoints { endpoints: self.rows(None).await?, settings: self.settings().await? })
    }

    /// One with everything that was seen of it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn detail(&self, id: &str) -> Result<EndpointDetail, OperationError> {
        let (record, seen_row, detail) = self.environment.store.endpoints().by_id(id).await?.ok_or_else(|| not_found(id))?;
        let today = self.environment.clock.now().date();
        let days = self.environment.store.endpoints().days(id, today - Duration::days(row::RECENT)).await?;
        let changes = self.environment.store.endpoints().changes(id, CHANGES).await?;
        let shown = Action::ShowEndpoint { endpoint: id.to_owned(), probe: Some(record.question()) };
        let line = command_lines::of_console(&shown).commands.into_iter().map(|line| line.command).next().unwrap_or_default();
        let seen: Option<SeenRow> = seen_row.map(serde_json::from_value).transpose().map_err(StateError::from)?;
        let detail: Option<SeenDetail> = detail.map(serde_json::from_value).transpose().map_err(StateError::from)?;
        let endpoint = row::told(record, seen, row::recent(today, &days), &self.labels().await?);
        let (rungs, prints, findings, report) = match detail {
            Some(detail) => (detail.rungs, detail.prints, detail.findings, Some(detail.report)),
            None => (Vec::new(), row::no_prints(), Vec::new(), None),
        };
        Ok(EndpointDetail { endpoint, rungs, prints, findings, report, line, changes })
    }

    /// Its days, at most so many, and what changed.
    ///
    /// # Errors
    /// `NotFound`; more days than are kept.
    pub async fn history(&self, id: &str, days: Option<u16>) -> Result<EndpointHistory, OperationError> {
        let days = days.map_or(KEPT, |days| Duration::days(days.into()));
        if days < Duration::DAY || days > KEPT {
            return Err(OperationError::invalid(
                "/days",
                format!("History is kept for {} days; ask for 1 to that many.", KEPT.whole_days()),
            ));
        }
        self.record(id).await?;
        let first = self.environment.clock.now().date() - (days - Duration::DAY);
        let store = self.environment.store.endpoints();
        Ok(EndpointHistory { days: store.days(id, first).await?, changes: store.changes(id, CHANGES).await? })
    }

    /// How endpoints are watched.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn settings(&self) -> Result<WatchSettings, OperationError> {
        let decided = self.environment.store.endpoints().settings().await?;
        Ok(decided.unwrap_or(WatchSettings { every_seconds: EVERY_SECONDS, allowed: Vec::new() }))
    }

    /// Rows of these, or of all.
    async fn rows(&self, of: Option<&[String]>) -> Result<Vec<Endpoint>, OperationError> {
        let store = self.environment.store.endpoints();
        let today = self.environment.clock.now().date();
        let mut days: HashMap<String, Vec<EndpointDay>> = HashMap::new();
        for (id, day) in store.days_since(today - Duration::days(row::RECENT), of).await? {
            days.entry(id).or_default().push(day);
        }
        let services = self.labels().await?;
        let told = store.list(of).await?.into_iter().map(|(record, seen)| {
            let seen = seen.map(serde_json::from_value).transpose().map_err(StateError::from)?;
            let recent = row::recent(today, days.get(&record.id).map_or(&[], Vec::as_slice));
            Ok(row::told(record, seen, recent, &services))
        });
        told.collect()
    }

    async fn record(&self, id: &str) -> Result<EndpointRecord, OperationError> {
        Ok(self.environment.store.endpoints().by_id(id).await?.ok_or_else(|| not_found(id))?.0)
    }

    /// What an endpoint belongs to: its service, or the console when somebody added it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn concerned(&self, id: &str) -> Result<Concerned, OperationError> {
        Ok(self.record(id).await?.service.map_or(Concerned::Console, |(service, _)| Concerned::Service(service)))
    }

    /// Names of the services for people.
    async fn labels(&self) -> Result<HashMap<String, String>, OperationError> {
        let services = self.environment.store.services().list().await?;
        Ok(services.into_iter().map(|service| (service.id, service.label)).collect())
    }
}

fn not_found(id: &str) -> OperationError {
    OperationError::not_found("endpoint", id)
}
