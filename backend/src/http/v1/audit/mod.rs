//! The audit log.

mod export;
mod list;
mod verify;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of this resource.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(list::list_audit)).routes(routes!(verify::verify_audit)).routes(routes!(export::export_audit))
}
