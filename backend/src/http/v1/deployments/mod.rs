//! Deployments. Paths are relative to `/api/v1`: `/deployments`.

mod list;
mod rollback;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of deployments.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_deployments))
        .routes(routes!(show::show_deployment))
        .routes(routes!(rollback::roll_back_deployment))
}
