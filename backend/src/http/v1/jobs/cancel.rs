//! `DELETE /jobs/{id}`

use axum::Json;
use certdeck_shared::api::job::Job;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::role::Right;
use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::domain::command_lines::of_console;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};
use crate::state::AuditDraft;

/// Asks a job to stop that the caller began, or any as an administrator; it then puts back what it has done. Follow it to see when it has.
#[utoipa::path(delete, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "Identifier")), responses(
    (status = 202, body = Job, description = "Asked"),
    (status = 400, body = Problem, description = "invalid-input: it has ended, or cannot be stopped"),
))]
pub async fn cancel_job(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<(StatusCode, Json<Job>), HttpProblem> {
    let job = caller.console.jobs.by_id(&id).await?.filter(|job| caller.sight().job(job));
    let job = job.ok_or_else(|| HttpProblem::not_found("job"))?;
    if job.actor != caller.actor && !caller.sight().may_everywhere(Right::Administrate) {
        return Err(HttpProblem::new(ProblemCode::ScopeInsufficient, "Whoever began a job may stop it, and administrators."));
    }
    if !caller.console.jobs.cancel(&id) {
        return Err(HttpProblem::new(ProblemCode::InvalidInput, "The job has ended, or is at a point where it cannot be stopped."));
    }
    let draft = AuditDraft::success(&caller.actor, "job.cancel").subject(&id).after(serde_json::json!({"action": job.action}));
    let draft = draft.standing_for(of_console(&Action::CancelJob { id }));
    caller.console.store.audit().record(draft).await?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}
