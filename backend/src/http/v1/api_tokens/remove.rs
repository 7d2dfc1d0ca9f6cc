//! `DELETE /api-tokens/{id}`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::domain::accounts::Actor;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Revokes an API token at once.
#[utoipa::path(delete, path = "/api-tokens/{id}", tag = "api-tokens", params(("id" = String, Path, description = "Identifier, not the secret")), responses(
    (status = 204, description = "Revoked"),
    (status = 404, body = Problem, description = "not-found"),
))]
pub async fn revoke_api_token(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.accounts.revoke_api_token(&Actor::Caller(&caller.access), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
