//! The snapshots of a database.

mod list;
mod restore;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of snapshots.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(list::list_snapshots)).routes(routes!(restore::restore_snapshot))
}
