//! `GET /databases/{database}/tokens/{token}/algorithms`

use axum::Json;
use certdeck_shared::api::key::TokenAlgorithm;
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Which kinds of keys a token makes, asked of the token (C_GetMechanismList); where it does not, why, and what to do instead.
#[utoipa::path(get, path = "/databases/{database}/tokens/{token}/algorithms", tag = "keys", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "`internal`"),
), responses((status = 200, body = Vec<TokenAlgorithm>), (status = 404, body = Problem, description = "not-found")))]
pub async fn list_algorithms(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
) -> Result<Json<Vec<TokenAlgorithm>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.token_algorithms(&token).await?))
}
