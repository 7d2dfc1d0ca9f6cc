//! Inventories on demand: what a port takes, graded, beside a recommendation and beside the configuration of its service. As with probes they
//! open connections from this host to where its list allows it, and some dozens of them; each is in the audit log.

mod configured;
mod setting;

use std::net::SocketAddr;

use certdeck_shared::api::inventory::{ConfigurationComparison, Inventory, NewInventory};
use certdeck_shared::api::probe::has_starttls;
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::api::service::{Endpoint, TlsMode};
use certdeck_shared::glass::Action;
use serde_json::json;

use super::allowance::Allowance;
use super::command_lines;
use super::console::Environment;
use super::databases::{OperationError, record};
use super::jobs::Progress;
use super::services::Services;
pub use crate::probe::inventory::STEPS;
use crate::probe::inventory::{Course, Limits, inventory};
use crate::state::{AuditDraft, ServiceRecord};

const ACTION: &str = "inventory.create";

/// Inventories on demand; cheap to clone.
#[derive(Clone)]
pub struct Inventories {
    environment: Environment,
    services: Services,
}

impl Inventories {
    /// With the console's audit log, and the services that endpoints may belong to.
    #[must_use]
    pub fn new(environment: Environment, services: Services) -> Self {
        Self { environment, services }
    }

    /// Refuses what no inventory can be made of, or may be.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn check(&self, actor: &str, new: &NewInventory) -> Result<(), OperationError> {
        let checked = self.checked(new).await;
        if let Err(error) = &checked {
            record(&self.environment, AuditDraft::refused(actor, ACTION, error.problem().code).subject(subject(new))).await;
        }
        checked
    }

    async fn checked(&self, new: &NewInventory) -> Result<(), OperationError> {
        let faults: Vec<_> = (new.probe().faults().into_iter())
            .map(|(pointer, message)| FieldError { pointer: pointer.into(), message: message.into() })
            .collect();
        if !faults.is_empty() {
            return Err(OperationError::Invalid(faults));
        }
        let allowance = Allowance::in_force(&self.environment).await?;
        allowance.check_host(&new.host, new.port).await.map_err(|refused| OperationError::invalid("/host", refused))
    }

    /// Makes one. Whatever the other side does is part of it.
    ///
    /// # Errors
    /// `Invalid` for what none can be made of; `Cancelled`.
    pub async fn make(&self, actor: &str, new: NewInventory, course: &dyn Course) -> Result<Inventory, OperationError> {
        self.check(actor, &new).await?;
        // The name may have another address by now.
        let allowance = Allowance::in_force(&self.environment).await?;
        let mut made = inventory(&new, &|addresses| allowance.check(&new.host, addresses), Limits::default(), course).await;
        if course.stopped() {
            record(&self.environment, AuditDraft::refused(actor, ACTION, OperationError::Cancelled.problem().code).subject(subject(&new)))
                .await;
            return Err(OperationError::Cancelled);
        }
        made.configured = self.configured(&new, &made).await?;
        made.findings.extend(made.configured.iter().flat_map(configured::findings));
        made.findings.sort_by_key(|finding| finding.grade);
        let versions: Vec<&str> = made.versions().map(|version| version.name()).collect();
        let draft = AuditDraft::success(actor, ACTION)
            .subject(subject(&new))
            .after(json!({"address": made.address, "outcome": made.outcome, "protocols": versions, "connections": made.connections}))
            .standing_for(command_lines::of_console(&Action::CreateInventory { body: new }));
        record(&self.environment, draft).await;
        Ok(made)
    }

    /// The configuration of the registered service that it is an endpoint of.
    async fn configured(&self, new: &NewInventory, made: &Inventory) -> Result<Option<ConfigurationComparison>, OperationError> {
        let Some(address) = made.address.as_deref().and_then(|address| address.parse::<SocketAddr>().ok()) else { return Ok(None) };
        let mut best: Option<(ServiceRecord, Endpoint)> = None;
        for service in self.environment.store.services().list().await? {
            // One whose configuration cannot be read has no endpoints that could be compared.
            let Ok(endpoints) = self.services.endpoints(&service, "").await else { continue };
            for endpoint in endpoints.into_iter().filter(|endpoint| is_it(endpoint, new, address)) {
                let named = new.server_name.as_ref().is_some_and(|name| endpoint.server_names.contains(name));
                if best.is_none() || named {
                    best = Some((service.clone(), endpoint));
                }
            }
        }
        Ok(best.map(|(service, endpoint)| configured::compared(&service, &endpoint, made)))
    }
}

impl Course for Progress {
    fn done(&self, steps: u64, words: &str) {
        self.step(steps, words);
    }

    fn stopped(&self) -> bool {
        self.cancelled()
    }
}

fn subject(new: &NewInventory) -> String {
    format!("{}:{}", new.host.chars().take(300).collect::<String>(), new.port)
}

/// Whether an endpoint of a configuration is what was asked. Services are those of this host: only its own addresses come into question, and of
/// those that something listens at without naming them, the ones that are never another host's.
fn is_it(endpoint: &Endpoint, new: &NewInventory, address: SocketAddr) -> bool {
    let speaks = endpoint.tls == new.tls && (endpoint.protocol == new.protocol || !has_starttls(endpoint.protocol));
    speaks
        && endpoint.tls != TlsMode::Off
        && endpoint.addresses.iter().any(|listens| {
            let Some((host, port)) = listens.rsplit_once(':') else { return false };
            let host = host.trim_matches(['[', ']']);
            let everywhere = matches!(host, "*" | "" | "0.0.0.0" | "::" | "_default_") && address.ip().is_loopback();
            port.parse() == Ok(address.port()) && (everywhere || host.parse() == Ok(address.ip()) || host == new.host)
        })
}
