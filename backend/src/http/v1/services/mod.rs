//! Services. Paths are relative to `/api/v1`: `/services`, `/found-services`.

mod bindings;
mod change;
mod create;
mod forget;
mod found;
mod list;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of services.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(found::found_services))
        .routes(routes!(list::list_services, create::create_service))
        .merge(bindings::router())
        .routes(routes!(show::show_service, change::change_service, forget::forget_service))
}
