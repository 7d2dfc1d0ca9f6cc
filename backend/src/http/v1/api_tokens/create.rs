//! `POST /api-tokens`

use axum::Json;
use certdeck_shared::api::account::{CreatedApiToken, NewApiToken};
use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::domain::accounts::Actor;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Makes an API token, never wider than the caller and, made by a token, never longer-lived. This answer alone holds the secret.
#[utoipa::path(post, path = "/api-tokens", tag = "api-tokens", request_body = NewApiToken, responses(
    (status = 201, body = CreatedApiToken),
    (status = 403, body = Problem, description = "scope-insufficient"),
))]
pub async fn create_api_token(
    caller: Caller,
    ProblemJson(body): ProblemJson<NewApiToken>,
) -> Result<(StatusCode, Json<CreatedApiToken>), HttpProblem> {
    Ok((StatusCode::CREATED, Json(caller.console.accounts.create_api_token(&Actor::Caller(&caller.access), body).await?)))
}
