//! The second factor of the caller's own account.

mod activate;
mod begin;
mod remove;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of this resource.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(
        show::show_second_factor,
        begin::begin_second_factor,
        activate::activate_second_factor,
        remove::remove_second_factor
    ))
}
