//! `POST /databases/{database}/merge`

use std::ops::ControlFlow;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::job::Job;
use certdeck_shared::api::merge::{Merge, MergeReport};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::http::context::Caller;
use crate::http::preference::respond_async;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath, ProblemQuery};
use crate::token::Advance;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
}

/// Takes over certificates, trust, private keys, revocation lists and S/MIME profiles of another registered database, as `certutil --merge`
/// does: what is here already wins. With `preview=true` nothing is written, and the answer names the conflicts and what will not come over.
/// `Prefer: respond-async` answers 202 with a job.
#[utoipa::path(post, path = "/databases/{database}/merge", tag = "databases", params(
        ("database" = String, Path, description = "Identifier of the database to merge into"),
        ("preview" = Option<bool>, Query, description = "Only tell what would happen"),
        ("Prefer" = Option<String>, Header, description = "`respond-async` for a job"),
    ), request_body = Merge, responses(
        (status = 200, body = MergeReport),
        (status = 202, body = Job, description = "Started; Location is the job, whose result becomes the report"),
        (status = 400, body = Problem, description = "invalid-input"),
        (status = 403, body = Problem, description = "pin-incorrect: the source's password"),
        (status = 409, body = Problem, description = "token-locked, database-read-only"),
    ))]
pub async fn merge_database(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    headers: HeaderMap,
    ProblemJson(merge): ProblemJson<Merge>,
) -> Result<Response, HttpProblem> {
    let databases = &caller.console.databases;
    if asked.preview {
        return Ok(Json(databases.preview_merge(&caller.actor, &database, &merge).await?).into_response());
    }
    if !respond_async(&headers) {
        return Ok(
            Json(databases.merge(&caller.actor, &database, merge, caller.asking(), |_| ControlFlow::Continue(())).await?).into_response()
        );
    }
    // Refused now rather than in a job that nobody reads.
    let total = databases.merge_steps(&caller.actor, &database, &merge, caller.asking()).await?;
    let job = start(&caller, database, merge, total).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, paths::job(&job.id))], Json(job)).into_response())
}

async fn start(caller: &Caller, database: String, merge: Merge, total: usize) -> Result<Job, HttpProblem> {
    let (databases, actor, id) = (caller.console.databases.clone(), caller.actor.clone(), database.clone());
    let asking = caller.asking();
    let work = move |progress: crate::domain::jobs::Progress| async move {
        let hand = progress.clone();
        let on_progress = move |advance| {
            if let Advance::Done(done) = advance {
                hand.step(done as u64, format!("{done} of {total} objects"));
            }
            if hand.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let report = databases.merge(&actor, &database, merge, asking, on_progress).await.map_err(Problem::from)?;
        serde_json::to_value(report).map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
    };
    let jobs = &caller.console.jobs;
    Ok(jobs.start(&caller.actor, "database.merge", Some(&id), total as u64, true, work).await?)
}
