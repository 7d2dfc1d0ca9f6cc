//! `GET /databases/{database}/keys`

use axum::Json;
use certdeck_shared::api::key::Key;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The private keys with their certificates and pending requests; orphans are marked.
#[utoipa::path(get, path = "/databases/{database}/keys", tag = "keys",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = Vec<Key>)))]
pub async fn list_keys(caller: Caller, ProblemPath(database): ProblemPath<String>) -> Result<Json<Vec<Key>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.keys().await?))
}
