//! `POST /approvals/{approval}/decision`

use axum::Json;
use certdeck_shared::api::approval::{Approval, ApprovalDecision};
use certdeck_shared::api::problem::Problem;

use crate::domain::approvals::Decider;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Approves or refuses what somebody else wants to do. Whoever decides has the right to do it themselves, is signed in as a person, and is not
/// whoever asked. An approved call goes through once, within the time of `approval-minutes`.
#[utoipa::path(post, path = "/approvals/{approval}/decision", tag = "approvals", params(("approval" = String, Path, description = "Identifier")),
    request_body = ApprovalDecision, responses(
    (status = 200, body = Approval),
    (status = 403, body = Problem, description = "scope-insufficient: one's own, a token, or without the right"),
    (status = 404, body = Problem, description = "not-found"),
    (status = 409, body = Problem, description = "approval-over"),
))]
pub async fn decide_approval(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemJson(body): ProblemJson<ApprovalDecision>,
) -> Result<Json<Approval>, HttpProblem> {
    Ok(Json(caller.console.approvals.decide(Decider::Caller(&caller.access), &id, &body).await?))
}
