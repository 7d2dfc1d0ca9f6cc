//! `GET /api-tokens`

use axum::Json;
use certdeck_shared::api::account::ApiToken;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// All API tokens, without their secrets.
#[utoipa::path(get, path = "/api-tokens", tag = "api-tokens", responses((status = 200, body = Vec<ApiToken>)))]
pub async fn list_api_tokens(caller: Caller) -> Result<Json<Vec<ApiToken>>, HttpProblem> {
    Ok(Json(caller.console.accounts.api_tokens().await?))
}
