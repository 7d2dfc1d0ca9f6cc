//! `GET /jobs`

use axum::Json;
use certdeck_shared::api::job::Job;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Of the newest hundred jobs those that the caller may see.
#[utoipa::path(get, path = "/jobs", tag = "jobs", responses((status = 200, body = Vec<Job>)))]
pub async fn list_jobs(caller: Caller) -> Result<Json<Vec<Job>>, HttpProblem> {
    let mut jobs = caller.console.jobs.list(100).await?;
    jobs.retain(|job| caller.sight().job(job));
    Ok(Json(jobs))
}
