//! `PATCH /databases/{database}/certificates/{fingerprint}`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::certificate::{CertificateChange, CertificateEntry};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::HeaderMap;

use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes nickname, trust or both. If-Match is optional and takes the ETag of the certificate or the revision of the database.
#[utoipa::path(patch, path = "/databases/{database}/certificates/{fingerprint}", tag = "certificates", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
        ("If-Match" = Option<String>, Header, description = "ETag of the certificate, or revision of the database"),
    ), request_body = CertificateChange, responses(
        (status = 200, body = CertificateEntry),
        (status = 409, body = Problem, description = "nickname-taken, token-locked, database-read-only"),
        (status = 412, body = Problem, description = "revision-mismatch"),
    ))]
pub async fn change_certificate(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    headers: HeaderMap,
    ProblemJson(change): ProblemJson<CertificateChange>,
) -> Result<Response, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let operation = operation.standing_for(Action::ChangeCertificate { fingerprint: fingerprint.clone(), body: change.clone() }).await;
    let (entry, tag) = operation.change_certificate(&fingerprint, change, conditions::if_match(&headers)).await?;
    Ok(conditions::tagged(Json(entry).into_response(), &tag))
}
