//! `GET /plans/{plan}`

use axum::Json;
use certdeck_shared::api::plan::Plan;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// A plan, and whether it still stands: its files are compared with those it was made from.
#[utoipa::path(get, path = "/plans/{plan}", tag = "deployments",
    params(("plan" = String, Path, description = "Identifier")), responses((status = 200, body = Plan)))]
pub async fn show_plan(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<Plan>, HttpProblem> {
    Ok(Json(caller.console.deployments.plan(&id).await?))
}
