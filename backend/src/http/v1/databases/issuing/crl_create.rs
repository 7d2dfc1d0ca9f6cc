//! `POST /databases/{database}/certificates/{fingerprint}/crl`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::revocation::{NewRevocationList, RevocationList};
use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Makes a new revocation list of a CA with what is revoked so far, and keeps it in the database, where NSS heeds it.
#[utoipa::path(post, path = "/databases/{database}/certificates/{fingerprint}/crl", tag = "issuing", params(
    ("database" = String, Path, description = "Identifier"),
    ("fingerprint" = String, Path, description = "SHA-256 of the CA's certificate, hexadecimal"),
), request_body = NewRevocationList, responses(
    (status = 201, body = RevocationList),
    (status = 400, body = Problem, description = "invalid-input"),
    (status = 409, body = Problem, description = "issuer-unfit, token-locked, database-read-only"),
))]
pub async fn create_revocation_list(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemJson(new): ProblemJson<NewRevocationList>,
) -> Result<(StatusCode, Json<RevocationList>), HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let operation = operation.standing_for(Action::CreateRevocationList { fingerprint: fingerprint.clone(), body: new.clone() }).await;
    let list = operation.create_revocation_list(&fingerprint, new).await?;
    Ok((StatusCode::CREATED, Json(list)))
}
