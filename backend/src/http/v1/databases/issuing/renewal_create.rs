//! `POST /databases/{database}/certificates/{fingerprint}/renewal`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::renewal::{Renewal, Renewed};
use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Makes the successor of a certificate with the same key or a new one, under its nickname and with its trust; the old one stays. Of a
/// certificate from a CA outside it makes a request, whose reply installs the successor.
#[utoipa::path(post, path = "/databases/{database}/certificates/{fingerprint}/renewal", tag = "issuing", params(
    ("database" = String, Path, description = "Identifier"),
    ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
), request_body = Renewal, responses(
    (status = 201, body = Renewed),
    (status = 400, body = Problem, description = "invalid-input: the key cannot be kept, or a period outside the issuer's"),
    (status = 409, body = Problem, description = "issuer-unfit, token-locked, serial-number-reused, database-read-only"),
))]
pub async fn renew_certificate(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemJson(renewal): ProblemJson<Renewal>,
) -> Result<(StatusCode, Json<Renewed>), HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::RenewCertificate { fingerprint: fingerprint.clone(), body: renewal.clone() }).await;
    let renewed = operation.renew(&fingerprint, renewal).await?;
    Ok((StatusCode::CREATED, Json(renewed)))
}
