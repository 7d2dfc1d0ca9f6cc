//! `DELETE /databases/{database}/certificates/{fingerprint}`

use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    with_key: bool,
}

/// Deletes a certificate with its trust; its private key stays unless `with_key=true`.
#[utoipa::path(delete, path = "/databases/{database}/certificates/{fingerprint}", tag = "certificates", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
        ("with_key" = Option<bool>, Query, description = "Delete the private key too"),
        ("If-Match" = Option<String>, Header, description = "ETag of the certificate, or revision of the database"),
    ), responses(
        (status = 204, description = "Deleted"),
        (status = 409, body = Problem, description = "token-locked, database-read-only"),
        (status = 412, body = Problem, description = "revision-mismatch"),
    ))]
pub async fn delete_certificate(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    headers: HeaderMap,
) -> Result<StatusCode, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let operation = operation.standing_for(Action::DeleteCertificate { fingerprint: fingerprint.clone(), with_key: asked.with_key }).await;
    operation.delete_certificate(&fingerprint, asked.with_key, conditions::if_match(&headers)).await?;
    Ok(StatusCode::NO_CONTENT)
}
