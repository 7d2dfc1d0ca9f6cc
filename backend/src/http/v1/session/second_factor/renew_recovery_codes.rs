//! `POST /session/second-factor/recovery-codes`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::second_factor::RecoveryCodes;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Makes new recovery codes, which this answer alone holds; those of before are void.
#[utoipa::path(post, path = "/session/second-factor/recovery-codes", tag = "session", responses(
    (status = 201, body = RecoveryCodes),
    (status = 403, body = Problem, description = "scope-insufficient: an API token"),
    (status = 404, body = Problem, description = "not-found: the account has no second factor"),
))]
pub async fn renew_recovery_codes(caller: Caller) -> Result<(StatusCode, Json<RecoveryCodes>), HttpProblem> {
    Ok((StatusCode::CREATED, Json(caller.console.accounts.renew_recovery_codes(&caller.access).await?)))
}
