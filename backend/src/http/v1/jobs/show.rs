//! `GET /jobs/{id}`

use axum::Json;
use certdeck_shared::api::job::Job;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// A job as it stands, with its answer when it has ended.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "Identifier")), responses((status = 200, body = Job)))]
pub async fn show_job(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<Job>, HttpProblem> {
    caller.console.jobs.by_id(&id).await?.filter(|job| caller.sight().job(job)).map(Json).ok_or_else(|| HttpProblem::not_found("job"))
}
