//! `GET /deployments/{deployment}`

use axum::Json;
use certdeck_shared::api::deployment::Deployment;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// A deployment, step by step, with what each port was seen to serve. One under way is told as it is this instant; the event
/// `deployment-changed` brings each step.
#[utoipa::path(get, path = "/deployments/{deployment}", tag = "deployments",
    params(("deployment" = String, Path, description = "Identifier")), responses((status = 200, body = Deployment)))]
pub async fn show_deployment(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<Deployment>, HttpProblem> {
    Ok(Json(caller.console.deployments.deployment(&id).await?))
}
