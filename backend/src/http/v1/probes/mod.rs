//! Probes. Paths are relative to `/api/v1`: `/probes…`.

mod create;
mod inventory;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of probes.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(create::create_probe)).routes(routes!(inventory::create_inventory))
}
