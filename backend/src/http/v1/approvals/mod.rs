//! Requests for approval by a second person.

mod decide;
mod list;
mod request;
mod show;
mod withdraw;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of this resource.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_approvals))
        .routes(routes!(show::show_approval, withdraw::withdraw_approval))
        .routes(routes!(request::request_approval))
        .routes(routes!(decide::decide_approval))
}
