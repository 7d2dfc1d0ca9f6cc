//! `POST /session/second-factor`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::second_factor::SecondFactorSecret;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Makes a secret for the authenticator program of the caller. This answer alone holds it, and it counts once a code of it came (PUT).
#[utoipa::path(post, path = "/session/second-factor", tag = "session", responses(
    (status = 201, body = SecondFactorSecret),
    (status = 403, body = Problem, description = "scope-insufficient: an API token"),
    (status = 409, body = Problem, description = "already-exists: remove the present one first"),
))]
pub async fn begin_second_factor(caller: Caller) -> Result<(StatusCode, Json<SecondFactorSecret>), HttpProblem> {
    Ok((StatusCode::CREATED, Json(caller.console.accounts.begin_second_factor(&caller.access).await?)))
}
