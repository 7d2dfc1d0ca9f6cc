//! The revocation lists that lie in a database.

mod import;
mod list;
mod remove;
pub(super) mod representation;
mod show;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// As of certificates: lists of large CAs have several megabytes.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// Routes of revocation lists.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_revocation_lists, import::import_revocation_list))
        .routes(routes!(show::show_stored_list, remove::delete_revocation_list))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// The query of a look at lists.
#[derive(Deserialize)]
pub(super) struct Asked {
    serial_number: Option<String>,
}
