//! `POST /databases/{database}/requests`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::request::{NewRequest, Request, RequestPreview};
use certdeck_shared::glass::Action;
use http::{StatusCode, header};
use serde::Deserialize;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
}

/// Makes a certification request: signs the CertificationRequestInfo given, or makes key and request from a form, or a request for a key
/// that is there; or takes one that is signed already. What is weak is refused until its id is in `accept`. With `preview=true` nothing is
/// made.
#[utoipa::path(post, path = "/databases/{database}/requests", tag = "requests",
    params(
        ("database" = String, Path, description = "Identifier"),
        ("preview" = Option<bool>, Query, description = "Only tell what it would be"),
    ), request_body = NewRequest, responses(
        (status = 200, body = RequestPreview, description = "What it would be"),
        (status = 201, body = Request),
        (status = 400, body = Problem, description = "invalid-input, field by field"),
        (status = 409, body = Problem, description = "token-locked, database-read-only"),
        (status = 422, body = Problem, description = "weak-request; not-signable: no request, or one for another key; unreadable"),
    ))]
pub async fn create_request(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    ProblemJson(new): ProblemJson<NewRequest>,
) -> Result<Response, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    if asked.preview {
        return Ok(Json(operation.preview_request(new).await?).into_response());
    }
    let operation = operation.standing_for(Action::CreateRequest { body: new.clone() }).await;
    let request = operation.create_request(new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::request(&database, &request.id))], Json(request)).into_response())
}
