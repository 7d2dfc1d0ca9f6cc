//! The sessions that are open.

mod list;
mod remove;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of this resource.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(list::list_sessions)).routes(routes!(remove::end_session))
}
