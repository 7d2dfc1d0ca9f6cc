//! `POST /databases/{database}/requests`

use axum::Json;
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::request::{NewRequest, Request};
use http::{StatusCode, header};

use crate::http::context::Writer;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Makes a certification request: signs the CertificationRequestInfo given, or makes key and request from a form.
#[utoipa::path(post, path = "/databases/{database}/requests", tag = "requests",
    params(("database" = String, Path, description = "Identifier")), request_body = NewRequest, responses(
        (status = 201, body = Request),
        (status = 400, body = Problem, description = "invalid-input, field by field"),
        (status = 409, body = Problem, description = "token-locked, database-read-only"),
        (status = 422, body = Problem, description = "not-signable: no request, or one for another key"),
    ))]
pub async fn create_request(
    caller: Writer,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(new): ProblemJson<NewRequest>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Request>), HttpProblem> {
    let request = caller.console.databases.operation(&database, &caller.actor)?.create_request(new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::request(&database, &request.id))], Json(request)))
}
