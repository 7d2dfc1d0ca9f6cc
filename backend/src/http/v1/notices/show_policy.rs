//! `GET /notices/policy`

use axum::Json;
use certdeck_shared::api::notice::ExpiryPolicy;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// When certificates are due, and how often people are reminded. Rules for what the caller may not see are left out.
#[utoipa::path(get, path = "/notices/policy", tag = "notices", responses((status = 200, body = ExpiryPolicy)))]
pub async fn show_expiry_policy(caller: Caller) -> Result<Json<ExpiryPolicy>, HttpProblem> {
    Ok(Json(caller.console.policy_seen(caller.sight()).await?))
}
