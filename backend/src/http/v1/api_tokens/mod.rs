//! API tokens.

mod create;
mod list;
mod remove;
mod rotate;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of this resource.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_api_tokens, create::create_api_token))
        .routes(routes!(remove::revoke_api_token))
        .routes(routes!(rotate::rotate_api_token))
}
