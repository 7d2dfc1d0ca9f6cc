//! Bindings. Paths are relative to `/api/v1`: `/services/{service}/bindings`.

mod create;
mod list;
mod remove;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of bindings.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(list::list_bindings, create::create_binding)).routes(routes!(remove::remove_binding))
}
