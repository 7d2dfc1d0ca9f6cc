//! Endpoints that are watched. Paths are relative to `/api/v1`: `/endpoints`.

mod add;
mod change;
mod decide;
mod history;
mod list;
mod listening;
mod probe;
mod probe_all;
mod remove;
mod show;
mod table;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_endpoints, add::add_endpoint))
        .routes(routes!(table::show_endpoint_table))
        .routes(routes!(listening::list_listening_sockets))
        .routes(routes!(decide::decide_watch))
        .routes(routes!(probe_all::probe_endpoints))
        .routes(routes!(show::show_endpoint, change::change_endpoint, remove::remove_endpoint))
        .routes(routes!(history::show_endpoint_history, probe::probe_endpoint))
}
