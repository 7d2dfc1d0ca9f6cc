//! `GET /databases/{database}/requests`

use axum::Json;
use certdeck_shared::api::request::Request;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The requests of a database, the newest first.
#[utoipa::path(get, path = "/databases/{database}/requests", tag = "requests",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = Vec<Request>)))]
pub async fn list_requests(caller: Caller, ProblemPath(database): ProblemPath<String>) -> Result<Json<Vec<Request>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.requests().await?))
}
