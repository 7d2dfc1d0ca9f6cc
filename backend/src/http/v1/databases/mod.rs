//! Databases. Paths are relative to `/api/v1`: `/databases`, `/found-databases`.

mod certificates;
mod change;
mod command_lines;
mod conversion;
mod create;
mod files;
mod forget;
mod found;
mod issuing;
mod keys;
mod keystores;
mod list;
mod merge;
mod modules;
mod password;
mod requests;
mod revocation_lists;
mod show;
mod snapshots;
mod tokens;
mod validation;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;
use crate::domain::databases::OperationError;
use crate::http::problem::HttpProblem;

/// Routes of databases.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(found::found_databases))
        .routes(routes!(list::list_databases, create::create_database))
        .routes(routes!(show::show_database, change::change_database, forget::forget_database))
        .merge(tokens::router())
        .merge(password::router())
        .merge(files::router())
        .merge(modules::router())
        .merge(certificates::router())
        .merge(issuing::router())
        .merge(keys::router())
        .merge(requests::router())
        .merge(snapshots::router())
        .merge(conversion::router())
        .routes(routes!(merge::merge_database))
        .routes(routes!(command_lines::show_command_lines))
        .merge(revocation_lists::router())
        .merge(validation::router())
        .merge(keystores::router())
}

impl From<OperationError> for HttpProblem {
    fn from(error: OperationError) -> Self {
        Self::from(error.problem()).caused_by(error)
    }
}
