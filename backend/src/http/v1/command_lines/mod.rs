//! Command lines of what is done to no database: `/command-lines`.

mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of command lines.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(show::show_console_command_lines))
}
