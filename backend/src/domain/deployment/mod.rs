//! From the database to the running service: bindings, plans, and deployments with proof or a way back.
//!
//! A binding names a certificate by nickname and token, so that a renewed one follows. A plan is data, made from what is there now. A
//! deployment applies a plan by the executor, one at a time for each service, and is kept with its checkpoint so that it can be returned.

mod apply;
mod bindings;
mod bound;
mod history;
mod inverse;
mod machine;
mod plans;
mod recovery;
mod refusal;
mod run;
mod wanted;
mod watch;

use std::sync::Arc;

use crate::deploy::executor::Executor;
use crate::domain::console::Environment;
use crate::domain::databases::Databases;
use crate::domain::services::Services;
use crate::helper::Client;
pub use machine::Machine;
pub use refusal::DeploymentRefused;
use watch::Running;

/// Deployments of the console; cheap to clone.
#[derive(Clone)]
pub struct Deployments {
    environment: Environment,
    databases: Databases,
    services: Services,
    machine: Arc<Machine>,
    executor: Executor,
    running: Running,
}

impl Deployments {
    /// Those of the state.
    #[must_use]
    pub fn new(environment: Environment, databases: Databases, services: Services) -> Self {
        let machine = Arc::new(Machine::new(environment.settings.host_helper.clone().map(Client::new)));
        let checkpoints = environment.settings.data_dir.join("deployments");
        let executor = Executor::new(checkpoints, machine.clone());
        Self { environment, databases, services, machine, executor, running: Running::default() }
    }

    /// Whether a job is a deployment, by what it does.
    #[must_use]
    pub fn is_one(action: &str) -> bool {
        action.starts_with("deployment.")
    }
}
