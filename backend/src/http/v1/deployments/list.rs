//! `GET /deployments`

use axum::Json;
use certdeck_shared::api::deployment::DeploymentSummary;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Of the last 200 deployments, the newest first, those of services that the caller may see; those under way included.
#[utoipa::path(get, path = "/deployments", tag = "deployments", responses((status = 200, body = Vec<DeploymentSummary>)))]
pub async fn list_deployments(caller: Caller) -> Result<Json<Vec<DeploymentSummary>>, HttpProblem> {
    let mut deployments = caller.console.deployments.list().await?;
    deployments.retain(|deployment| caller.sight().deployment(deployment));
    Ok(Json(deployments))
}
