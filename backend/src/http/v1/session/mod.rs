//! Signing in and out, and proving again who one is.

mod certificate;
mod confirm;
mod create;
mod remove;
mod second_factor;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of this resource.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(show::show_session, create::sign_in, remove::sign_out))
        .routes(routes!(certificate::sign_in_by_certificate))
        .routes(routes!(confirm::confirm_session))
        .merge(second_factor::router())
}
