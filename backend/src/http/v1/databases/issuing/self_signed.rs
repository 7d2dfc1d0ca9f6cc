//! `POST /databases/{database}/self-signed`

use axum::Json;
use certdeck_shared::api::issue::{IssuedCertificate, NewSelfSigned};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Makes a self-signed certificate, or a root CA, with a new key or one of the database.
#[utoipa::path(post, path = "/databases/{database}/self-signed", tag = "issuing",
    params(("database" = String, Path, description = "Identifier")), request_body = NewSelfSigned, responses(
        (status = 201, body = IssuedCertificate),
        (status = 400, body = Problem, description = "invalid-input, field by field; no key was made"),
        (status = 409, body = Problem, description = "token-locked, nickname-taken, serial-number-reused, database-read-only"),
    ))]
pub async fn create_self_signed(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(new): ProblemJson<NewSelfSigned>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<IssuedCertificate>), HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::CreateSelfSigned { body: new.clone() }).await;
    let issued = operation.create_self_signed(new).await?;
    let location = paths::certificate(&database, &issued.fingerprint_sha256);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(issued)))
}
