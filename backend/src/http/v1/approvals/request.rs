//! `POST /approvals/{approval}/request`

use axum::Json;
use certdeck_shared::api::approval::{Approval, ApprovalRequest};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Asks a second person to approve a call that was turned away as `approval-required`, with a reason. Only whoever made the call may.
#[utoipa::path(post, path = "/approvals/{approval}/request", tag = "approvals", params(("approval" = String, Path, description = "Identifier, from the refusal")),
    request_body = ApprovalRequest, responses(
    (status = 200, body = Approval),
    (status = 404, body = Problem, description = "not-found"),
    (status = 409, body = Problem, description = "approval-over"),
))]
pub async fn request_approval(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemJson(body): ProblemJson<ApprovalRequest>,
) -> Result<Json<Approval>, HttpProblem> {
    Ok(Json(caller.console.approvals.request(&caller.access, &id, &body.reason).await?))
}
