//! `GET /databases/{database}/tokens/{token}/keys`

use axum::Json;
use certdeck_shared::api::module::TokenKey;
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The private keys of a token, which must be unlocked; `certutil -K -h`.
#[utoipa::path(get, path = "/databases/{database}/tokens/{token}/keys", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
), responses(
    (status = 200, body = Vec<TokenKey>),
    (status = 409, body = Problem, description = "token-locked, token-absent"),
))]
pub async fn list_token_keys(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
) -> Result<Json<Vec<TokenKey>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.token_keys(&token).await?))
}
