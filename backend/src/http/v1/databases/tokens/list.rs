//! `GET /databases/{database}/tokens`

use axum::Json;
use certdeck_shared::api::module::Token;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// All tokens, the internal one first, with the state of their passwords.
#[utoipa::path(get, path = "/databases/{database}/tokens", tag = "modules",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = Vec<Token>)))]
pub async fn list_tokens(caller: Caller, ProblemPath(database): ProblemPath<String>) -> Result<Json<Vec<Token>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.tokens().await?))
}
