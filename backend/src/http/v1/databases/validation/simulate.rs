//! `POST /databases/{database}/validation`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::validation::{Simulation, SimulationResult};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Tries changes of trust, deletions and imports in a shadow copy: what stops and what begins to be valid for what. Nothing is written.
#[utoipa::path(post, path = "/databases/{database}/validation", tag = "validation", params(
        ("database" = String, Path, description = "Identifier"),
    ), request_body = Simulation, responses(
        (status = 200, body = SimulationResult),
        (status = 400, body = Problem, description = "invalid-input: trust or certificate, by its field"),
        (status = 404, body = Problem, description = "not-found: the database, or one of the certificates"),
    ))]
pub async fn simulate(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(simulation): ProblemJson<Simulation>,
) -> Result<Json<SimulationResult>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    Ok(Json(operation.simulate(simulation).await?))
}
