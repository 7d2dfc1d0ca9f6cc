//! `GET /approvals/{approval}`

use axum::Json;
use certdeck_shared::api::approval::Approval;
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// One request for approval: what would be done, to what, and how it stands.
#[utoipa::path(get, path = "/approvals/{approval}", tag = "approvals", params(("approval" = String, Path, description = "Identifier")), responses(
    (status = 200, body = Approval),
    (status = 404, body = Problem, description = "not-found"),
))]
pub async fn show_approval(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<Approval>, HttpProblem> {
    Ok(Json(caller.console.approvals.one(&caller.access, &id).await?))
}
