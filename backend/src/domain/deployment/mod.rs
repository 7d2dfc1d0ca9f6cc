//! From the database to the running service: bindings, plans, and deployments with proof or a way back.
//!
//! A binding names a certificate by nickname and token, so that a renewed one follows. A plan is data, made from what is there now. A
//! deployment applies a plan by the executor, one at a time for each service, and is kept with its checkpoint so that it can be returned.

mod bindings;
mod bound;
mod machine;

pub use machine::Machine;

use crate::domain::console::Environment;
use crate::domain::databases::Databases;
use crate::domain::services::Services;

/// Deployments of the console; cheap to clone.
#[derive(Clone)]
pub struct Deployments {
    environment: Environment,
    databases: Databases,
    services: Services,
}

impl Deployments {
    /// Those of the state.
    #[must_use]
    pub fn new(environment: Environment, databases: Databases, services: Services) -> Self {
        Self { environment, databases, services }
    }
}
