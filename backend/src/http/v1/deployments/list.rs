//! `GET /deployments`

use axum::Json;
use certdeck_shared::api::deployment::DeploymentSummary;

use crate::http::context::Reader;
use crate::http::problem::HttpProblem;

/// The last 200 deployments, the newest first, those under way included.
#[utoipa::path(get, path = "/deployments", tag = "deployments", responses((status = 200, body = Vec<DeploymentSummary>)))]
pub async fn list_deployments(caller: Reader) -> Result<Json<Vec<DeploymentSummary>>, HttpProblem> {
    Ok(Json(caller.console.deployments.list().await?))
}
