//! `POST /deployments/{deployment}/rollback`

use axum::Json;
use certdeck_shared::api::deployment::Deployment;
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Returns every service to what it was before a deployment: files, settings and what the ports serve. It is a deployment itself, with a
/// checkpoint of its own, proved like any other. Checkpoints are kept for 30 days. Of a deployment that needs attention the way back is gone
/// once more, once what stood in it is mended; the answer is that deployment.
#[utoipa::path(post, path = "/deployments/{deployment}/rollback", tag = "deployments",
    params(("deployment" = String, Path, description = "Identifier")), responses(
    (status = 202, body = Deployment, description = "Begun; Location is the address of the deployment that returns"),
    (status = 409, body = Problem, description = "not-returnable, plan-stale, deployment-running: nothing was changed"),
))]
pub async fn roll_back_deployment(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Deployment>), HttpProblem> {
    let deployment = caller.console.deployments.roll_back(&caller.actor, &id).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, paths::deployment(&deployment.id))], Json(deployment)))
}
