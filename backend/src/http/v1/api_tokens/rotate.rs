//! `POST /api-tokens/{id}/rotation`

use axum::Json;
use certdeck_shared::api::account::{ApiTokenRotation, CreatedApiToken};
use certdeck_shared::api::approval::Guarded;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::role::Right;

use crate::domain::accounts::{Actor, Credential};
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Gives an API token a new secret, which this answer alone holds. The present one stays good for the overlap, so that each script can be
/// given the new one in its turn. A token may rotate itself.
#[utoipa::path(post, path = "/api-tokens/{id}/rotation", tag = "api-tokens", params(("id" = String, Path, description = "Identifier, not the secret")), request_body = ApiTokenRotation, responses(
    (status = 200, body = CreatedApiToken),
    (status = 403, body = Problem, description = "scope-insufficient"),
    (status = 404, body = Problem, description = "not-found"),
))]
pub async fn rotate_api_token(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemJson(body): ProblemJson<ApiTokenRotation>,
) -> Result<Json<CreatedApiToken>, HttpProblem> {
    let itself = matches!(&caller.access.credential, Credential::ApiToken { id: own, .. } if *own == id);
    if !itself && caller.sight().may_everywhere(Right::Administrate) {
        caller.require_confirmation(Guarded::Users).await?;
    }
    Ok(Json(caller.console.accounts.rotate_api_token(&Actor::Caller(&caller.access), &id, body).await?))
}
