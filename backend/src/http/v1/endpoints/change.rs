//! `PATCH /endpoints/{endpoint}`

use axum::Json;
use certdeck_shared::api::endpoint::{Endpoint, EndpointChange};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes name and tags of an endpoint, pauses or resumes it, or says until when nobody is told of it.
#[utoipa::path(patch, path = "/endpoints/{endpoint}", tag = "endpoints", request_body = EndpointChange,
    params(("endpoint" = String, Path, description = "Identifier")), responses(
    (status = 200, body = Endpoint),
    (status = 400, body = Problem, description = "invalid-input: a name or a tag that cannot be taken"),
))]
pub async fn change_endpoint(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemJson(change): ProblemJson<EndpointChange>,
) -> Result<Json<Endpoint>, HttpProblem> {
    Ok(Json(caller.console.watch.change(&caller.actor, &id, change).await?))
}
