//! Certification requests of a database.

mod change;
mod create;
mod form;
mod list;
mod remove;
mod replies;
mod reply;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of requests.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_requests, create::create_request))
        .routes(routes!(show::show_request, change::change_request, remove::delete_request))
        .routes(routes!(reply::reply_to_request))
        .routes(routes!(replies::reply_to_any))
        .routes(routes!(form::request_form))
}
