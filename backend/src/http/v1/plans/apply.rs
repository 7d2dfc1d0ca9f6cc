//! `POST /plans/{plan}/application`

use axum::Json;
use certdeck_shared::api::deployment::Deployment;
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Applies a plan. Every port must serve the new certificate in a completed handshake; otherwise everything goes back, and that is proved, too.
/// The answer comes at once: the deployment with the job that runs it, whose cancellation is *stop and roll back*.
#[utoipa::path(post, path = "/plans/{plan}/application", tag = "deployments",
    params(("plan" = String, Path, description = "Identifier")), responses(
    (status = 202, body = Deployment, description = "Begun; Location is the address of the deployment"),
    (status = 409, body = Problem, description = "plan-stale, plan-not-ready, deployment-running, token-locked: nothing was changed"),
))]
pub async fn apply_plan(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Deployment>), HttpProblem> {
    let deployment = caller.console.deployments.apply(&caller.actor, &id).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, paths::deployment(&deployment.id))], Json(deployment)))
}
