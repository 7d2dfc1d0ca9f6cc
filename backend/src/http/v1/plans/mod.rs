//! Plans of deployments. Paths are relative to `/api/v1`: `/plans`.

mod apply;
mod create;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of plans.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(create::create_plan)).routes(routes!(show::show_plan)).routes(routes!(apply::apply_plan))
}
