//! From the database to the running service: plans as a difference, deployments step by step with their proof, and the way back.

mod changes;
mod checks;
mod deployment;
mod list;
mod part;
mod plan;
mod planning;
mod settings;
mod steps;

pub use deployment::deployment_page;
pub use list::deployments_page;
pub use plan::plan_page;
