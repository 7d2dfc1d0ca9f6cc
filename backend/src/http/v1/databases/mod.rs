//! Databases. Paths are relative to `/api/v1`: `/databases`, `/found-databases`.

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::domain::console::Console;

/// Routes of databases.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
}
