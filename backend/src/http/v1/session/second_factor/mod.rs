//! The second factor of the caller's own account.

mod activate;
mod add_passkey;
mod begin;
mod begin_passkey;
mod remove;
mod remove_passkey;
mod renew_recovery_codes;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of this resource.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(
            show::show_second_factor,
            begin::begin_second_factor,
            activate::activate_second_factor,
            remove::remove_second_factor
        ))
        .routes(routes!(renew_recovery_codes::renew_recovery_codes))
        .routes(routes!(begin_passkey::begin_passkey))
        .routes(routes!(add_passkey::add_passkey))
        .routes(routes!(remove_passkey::remove_passkey))
}
