//! `GET /approvals`

use axum::Json;
use certdeck_shared::api::approval::Approval;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Requests for approval by a second person, the newest first: the caller's own, those that the caller may decide or could have, and for
/// auditors all.
#[utoipa::path(get, path = "/approvals", tag = "approvals", responses((status = 200, body = Vec<Approval>)))]
pub async fn list_approvals(caller: Caller) -> Result<Json<Vec<Approval>>, HttpProblem> {
    Ok(Json(caller.console.approvals.list(&caller.access).await?))
}
