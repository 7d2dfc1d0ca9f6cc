//! `POST /databases/{database}/certificates`

use std::ops::ControlFlow;

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::import::{Import, ImportReport};
use certdeck_shared::api::job::Job;
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::BODY_LIMIT;
use crate::domain::databases::Operation;
use crate::domain::import;
use crate::http::context::Caller;
use crate::http::preference::respond_async;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery, from_json};
use crate::token::Advance;

/// More than so many certificates are a job: the answer would take longer than people wait.
const AT_ONCE: usize = 50;

/// How much of a body that is too large is read before the connection is cut.
const THROWN_AWAY: usize = 256 * 1024 * 1024;

/// What a body may be besides JSON. What is in it is found by looking, not by its name.
const FILES: [&str; 10] = [
    "application/x-pem-file",
    "application/pkix-cert",
    "application/x-x509-ca-cert",
    "application/x-x509-user-cert",
    "application/pkcs7-mime",
    "application/x-pkcs7-certificates",
    "application/x-pkcs7-mime",
    "application/pem-certificate-chain",
    "application/octet-stream",
    "text/plain",
];

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
}

/// Imports certificates: all of them, or none. A JSON body names nicknames and trust; a file as it is (PEM, DER, PKCS#7, base64) gets
/// nicknames proposed and no trust. With `preview=true` nothing is written. More than 50 certificates, or `Prefer: respond-async`,
/// answer 202 with a job.
#[utoipa::path(post, path = "/databases/{database}/certificates", tag = "certificates", params(
        ("database" = String, Path, description = "Identifier"),
        ("preview" = Option<bool>, Query, description = "Only tell what would happen"),
        ("Prefer" = Option<String>, Header, description = "`respond-async` for a job"),
    ), request_body(content((Import = "application/json"), (Vec<u8> = "application/octet-stream"), (String = "application/x-pem-file"))),
    responses(
        (status = 200, body = ImportReport),
        (status = 202, body = Job, description = "Started; Location is the job"),
        (status = 400, body = Problem, description = "invalid-input"),
        (status = 409, body = Problem, description = "serial-number-reused, nickname-taken, token-locked, database-read-only"),
        (status = 422, body = Problem, description = "unreadable"),
    ))]
pub async fn import_certificates(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    request: Request,
) -> Result<Response, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let headers = request.headers().clone();
    let media_type = media_type(&headers)?;
    let bytes = whole(request.into_body()).await?;
    let import: Import = if media_type == "application/json" { from_json(&bytes)? } else { import::from_file(&bytes)? };
    if asked.preview {
        return Ok(Json(operation.preview_import(import).await?).into_response());
    }
    if import.certificates.len() <= AT_ONCE && !respond_async(&headers) {
        return Ok(Json(operation.import(import, |_| ControlFlow::Continue(())).await?).into_response());
    }
    // Refused now rather than in a job that nobody reads.
    operation.check_import(&import).await?;
    let job = start(&caller, operation, import).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, paths::job(&job.id))], Json(job)).into_response())
}

/// The body, up to the limit. A longer one is read on and thrown away for a while: who is cut off in the middle of sending sees a
/// broken connection instead of the answer.
async fn whole(body: Body) -> Result<Vec<u8>, HttpProblem> {
    let mut stream = body.into_data_stream();
    let (mut kept, mut length) = (Vec::new(), 0_usize);
    while let Some(piece) = stream.next().await {
        let piece =
            piece.map_err(|error| HttpProblem::new(ProblemCode::MalformedBody, "The body did not arrive whole.").caused_by(error))?;
        length = length.saturating_add(piece.len());
        if length <= BODY_LIMIT {
            kept.extend_from_slice(&piece);
        } else {
            kept = Vec::new();
        }
        if length > THROWN_AWAY {
            break;
        }
    }
    if length > BODY_LIMIT {
        let detail = format!("The body is larger than {} MB, which is the limit for certificates.", BODY_LIMIT >> 20);
        return Err(HttpProblem::new(ProblemCode::BodyTooLarge, detail));
    }
    Ok(kept)
}

async fn start(caller: &Caller, operation: Operation, import: Import) -> Result<Job, HttpProblem> {
    let total = import.certificates.len();
    let database = operation.database.id.clone();
    let work = move |progress: crate::domain::jobs::Progress| async move {
        let hand = progress.clone();
        let (mut done, mut remark) = (0, String::new());
        let on_progress = move |advance: Advance| {
            match advance {
                Advance::Done(count) => done = count,
                Advance::Remark(words) => remark = format!(", one by one: {words}"),
            }
            hand.step(done as u64, format!("{done} of {total} certificates{remark}"));
            if hand.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let report = operation.import(import, on_progress).await.map_err(Problem::from)?;
        serde_json::to_value(report).map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
    };
    let jobs = &caller.console.jobs;
    Ok(jobs.start(&caller.actor, "certificate.import", Some(&database), total as u64, true, work).await?)
}

fn media_type(headers: &HeaderMap) -> Result<String, HttpProblem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/octet-stream");
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || FILES.contains(&essence.as_str()) {
        Ok(essence)
    } else {
        let detail = format!("The type {essence:?} is not read here. Send application/json or one of: {}.", FILES.join(", "));
        Err(HttpProblem::new(ProblemCode::UnsupportedMediaType, detail))
    }
}
