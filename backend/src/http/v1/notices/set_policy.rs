//! `PUT /notices/policy`

use axum::Json;
use certdeck_shared::api::notice::ExpiryPolicy;
use certdeck_shared::api::problem::Problem;

use crate::http::context::Administrator;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Sets when certificates are due, whole. It counts at once: what is due by it is told.
#[utoipa::path(put, path = "/notices/policy", tag = "notices", request_body = ExpiryPolicy, responses(
    (status = 200, body = ExpiryPolicy),
    (status = 400, body = Problem, description = "invalid-input: a lead out of range, or stages in another order"),
))]
pub async fn set_expiry_policy(
    caller: Administrator,
    ProblemJson(policy): ProblemJson<ExpiryPolicy>,
) -> Result<Json<ExpiryPolicy>, HttpProblem> {
    Ok(Json(caller.console.notices.set_policy(&caller.actor, policy).await?))
}
