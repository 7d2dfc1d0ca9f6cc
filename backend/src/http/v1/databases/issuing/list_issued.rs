//! `GET /databases/{database}/issued`

use axum::Json;
use certdeck_shared::api::issue::IssuedRecord;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// What this console issued from CAs of the database, the newest first; also what is not in the database.
#[utoipa::path(get, path = "/databases/{database}/issued", tag = "issuing",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = Vec<IssuedRecord>)))]
pub async fn list_issued(caller: Caller, ProblemPath(database): ProblemPath<String>) -> Result<Json<Vec<IssuedRecord>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.issued().await?))
}
