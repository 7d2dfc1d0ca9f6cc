//! The files of a database.

mod change;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of the files.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(show::show_files, change::change_files))
}
