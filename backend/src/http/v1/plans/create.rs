//! `POST /plans`

use axum::Json;
use certdeck_shared::api::paths;
use certdeck_shared::api::plan::{NewPlan, Plan};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::role::Right;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Says what a deployment would do, and changes nothing: files with owner and mode, settings as a difference, how each service takes it up,
/// which ports must serve the new certificate afterwards, and what was checked before. Ports are asked what they serve now, programs whether
/// their configuration is good, and keys are fetched from their token to see that they can be. A plan can be applied for a day. It needs the
/// right to deploy to each service, and from each database.
#[utoipa::path(post, path = "/plans", tag = "deployments", request_body = NewPlan, responses(
    (status = 201, body = Plan, description = "Made; Location is its address. A check that failed stands in it, and blocks it"),
    (status = 400, body = Problem, description = "invalid-input: no such service, binding, endpoint or certificate"),
))]
pub async fn create_plan(
    caller: Caller,
    ProblemJson(new): ProblemJson<NewPlan>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Plan>), HttpProblem> {
    for part in &new.parts {
        caller.require_of_service(Right::Deploy, &part.service)?;
    }
    for database in caller.console.deployments.databases_of(&new).await? {
        caller.require_of_database(Right::Deploy, &database)?;
    }
    let plan = caller.console.deployments.make_plan(&caller.actor, new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::plan(&plan.id))], Json(plan)))
}
