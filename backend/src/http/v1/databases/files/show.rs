//! `GET /databases/{database}/files`

use axum::Json;
use certdeck_shared::api::files::FilesReport;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Directory and files of the database with owner, group and mode, what is wrong with them, and the programs that have them open.
#[utoipa::path(get, path = "/databases/{database}/files", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = FilesReport)))]
pub async fn show_files(caller: Caller, ProblemPath(database): ProblemPath<String>) -> Result<Json<FilesReport>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.files_report().await?))
}
