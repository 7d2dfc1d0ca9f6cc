//! Version 1 of the REST interface: a folder for each resource, a file for each operation. Paths are relative to `/api/v1`.

pub mod api_tokens;
pub mod approvals;
pub mod audit;
pub mod certificate_maps;
pub mod command_lines;
pub mod databases;
pub mod deployments;
pub mod endpoints;
pub mod events;
pub mod jobs;
pub mod notices;
pub mod plans;
pub mod probes;
pub mod services;
pub mod session;
pub mod sessions;
pub mod setup;
pub mod today;
pub mod users;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::domain::console::Console;

/// All routes of version 1.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .merge(setup::router())
        .merge(session::router())
        .merge(sessions::router())
        .merge(users::router())
        .merge(api_tokens::router())
        .merge(approvals::router())
        .merge(audit::router())
        .merge(command_lines::router())
        .merge(jobs::router())
        .merge(events::router())
        .merge(databases::router())
        .merge(services::router())
        .merge(endpoints::router())
        .merge(probes::router())
        .merge(plans::router())
        .merge(deployments::router())
        .merge(certificate_maps::router())
        .merge(notices::router())
        .merge(today::router())
}
