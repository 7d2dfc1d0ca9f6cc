//! `POST /databases/{database}/certificates/{fingerprint}/revocation-check`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::validation::{RevocationQuestion, RevocationReport};
use certdeck_shared::glass::Action;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Fetches the revocation lists and asks the OCSP responders that a certificate names, where `revocation-hosts` of the settings allows it.
#[utoipa::path(post, path = "/databases/{database}/certificates/{fingerprint}/revocation-check", tag = "validation", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
    ), request_body = RevocationQuestion, responses(
        (status = 200, body = RevocationReport),
        (status = 404, body = Problem, description = "not-found"),
        (status = 422, body = Problem, description = "unreadable: the certificate does not parse"),
    ))]
pub async fn check_revocation(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemJson(question): ProblemJson<RevocationQuestion>,
) -> Result<Json<RevocationReport>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::CheckRevocation { fingerprint: fingerprint.clone(), body: question }).await;
    Ok(Json(operation.check_revocation(&fingerprint, question).await?))
}
