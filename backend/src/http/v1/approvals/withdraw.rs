//! `DELETE /approvals/{approval}`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Withdraws a request for approval of one's own, also one that was approved.
#[utoipa::path(delete, path = "/approvals/{approval}", tag = "approvals", params(("approval" = String, Path, description = "Identifier")), responses(
    (status = 204, description = "Withdrawn"),
    (status = 404, body = Problem, description = "not-found"),
    (status = 409, body = Problem, description = "approval-over"),
))]
pub async fn withdraw_approval(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.approvals.withdraw(&caller.access, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
