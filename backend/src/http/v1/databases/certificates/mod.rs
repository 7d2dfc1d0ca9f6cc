//! The certificates of a database.

mod chain;
mod change;
mod encode;
mod import;
mod list;
mod remove;
mod remove_several;
mod revocation_check;
mod show;
mod trust;
mod validation;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Ten thousand certificates fit.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// Routes of certificates.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_certificates, import::import_certificates))
        .routes(routes!(trust::change_trust))
        .routes(routes!(remove_several::delete_certificates))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .routes(routes!(show::show_certificate, change::change_certificate, remove::delete_certificate))
        .routes(routes!(chain::show_chain))
        .routes(routes!(validation::show_validation))
        .routes(routes!(revocation_check::check_revocation))
}
