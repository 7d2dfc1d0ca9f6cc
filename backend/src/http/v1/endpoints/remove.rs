//! `DELETE /endpoints/{endpoint}`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Forgets an endpoint that was added by hand, with its history. One of a registered service goes with its configuration.
#[utoipa::path(delete, path = "/endpoints/{endpoint}", tag = "endpoints",
    params(("endpoint" = String, Path, description = "Identifier")), responses(
    (status = 204, description = "Forgotten"),
    (status = 400, body = Problem, description = "invalid-input: it is one of a registered service"),
))]
pub async fn remove_endpoint(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.watch.remove(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
