//! `GET /jobs`

use axum::Json;
use certdeck_shared::api::job::Job;

use crate::http::context::Reader;
use crate::http::problem::HttpProblem;

/// The newest hundred jobs.
#[utoipa::path(get, path = "/jobs", tag = "jobs", responses((status = 200, body = Vec<Job>)))]
pub async fn list_jobs(caller: Reader) -> Result<Json<Vec<Job>>, HttpProblem> {
    Ok(Json(caller.console.jobs.list(100).await?))
}
