//! `POST /databases/{database}/issued`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::issue::{IssuancePreview, IssuedCertificate, NewIssued};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::StatusCode;
use serde::Deserialize;

use crate::domain::issuing::Issuance;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
}

/// Issues a certificate from a CA of the database: from a form, with a key of the database, or for somebody's request by a policy.
/// With `preview=true` nothing is signed, and the answer says what would become of the request.
#[utoipa::path(post, path = "/databases/{database}/issued", tag = "issuing", params(
        ("database" = String, Path, description = "Identifier"),
        ("preview" = Option<bool>, Query, description = "Only tell what would be issued"),
    ), request_body = NewIssued, responses(
        (status = 200, body = IssuancePreview, description = "With preview=true"),
        (status = 201, body = IssuedCertificate),
        (status = 400, body = Problem, description = "invalid-input, field by field; nothing was signed"),
        (status = 409, body = Problem, description = "issuer-unfit, token-locked, nickname-taken, serial-number-reused, database-read-only"),
        (status = 422, body = Problem, description = "unreadable, request-refused"),
    ))]
pub async fn issue_certificate(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    ProblemJson(new): ProblemJson<NewIssued>,
) -> Result<Response, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::IssueCertificate { body: new.clone() }).await;
    let issuance = operation.issue(new, asked.preview).await?;
    Ok(match issuance {
        Issuance::Preview(preview) => Json(*preview).into_response(),
        Issuance::Issued(issued) => (StatusCode::CREATED, Json(*issued)).into_response(),
    })
}
