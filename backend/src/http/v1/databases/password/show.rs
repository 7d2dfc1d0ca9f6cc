//! `GET /databases/{database}/password`

use axum::Json;
use certdeck_shared::api::password::PasswordReport;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The password files beside the database with what is wrong with each, and the cure. No password is told.
#[utoipa::path(get, path = "/databases/{database}/password", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = PasswordReport)))]
pub async fn show_password(caller: Caller, ProblemPath(database): ProblemPath<String>) -> Result<Json<PasswordReport>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.password_report().await?))
}
