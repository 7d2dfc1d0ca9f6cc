//! `GET /databases/{database}/keys/{key}`

use axum::Json;
use certdeck_shared::api::key::Key;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// One private key: what it is and what belongs to it.
#[utoipa::path(get, path = "/databases/{database}/keys/{key}", tag = "keys", params(
    ("database" = String, Path, description = "Identifier"),
    ("key" = String, Path, description = "CKA_ID, hexadecimal"),
), responses((status = 200, body = Key)))]
pub async fn show_key(caller: Caller, ProblemPath((database, key)): ProblemPath<(String, String)>) -> Result<Json<Key>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.key(&key).await?))
}
