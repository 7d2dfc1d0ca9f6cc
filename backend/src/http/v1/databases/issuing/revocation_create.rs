//! `POST /databases/{database}/certificates/{fingerprint}/revocations`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::revocation::{NewRevocation, RevocationList};
use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Revokes a certificate of a CA, or takes one off the hold, and makes the new list, which is the answer.
#[utoipa::path(post, path = "/databases/{database}/certificates/{fingerprint}/revocations", tag = "issuing", params(
    ("database" = String, Path, description = "Identifier"),
    ("fingerprint" = String, Path, description = "SHA-256 of the CA's certificate, hexadecimal"),
), request_body = NewRevocation, responses(
    (status = 201, body = RevocationList),
    (status = 400, body = Problem, description = "invalid-input: no certificate of this CA, or revoked already"),
    (status = 409, body = Problem, description = "issuer-unfit, token-locked, database-read-only"),
))]
pub async fn revoke_certificate(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemJson(new): ProblemJson<NewRevocation>,
) -> Result<(StatusCode, Json<RevocationList>), HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let operation = operation.standing_for(Action::RevokeCertificate { fingerprint: fingerprint.clone(), body: new.clone() }).await;
    let list = operation.revoke(&fingerprint, new).await?;
    Ok((StatusCode::CREATED, Json(list)))
}
