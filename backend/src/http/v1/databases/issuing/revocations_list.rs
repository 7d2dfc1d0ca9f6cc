//! `GET /databases/{database}/certificates/{fingerprint}/revocations`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::revocation::Revocation;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// What a CA has revoked: in its list in the database, and in the console's records.
#[utoipa::path(get, path = "/databases/{database}/certificates/{fingerprint}/revocations", tag = "issuing", params(
    ("database" = String, Path, description = "Identifier"),
    ("fingerprint" = String, Path, description = "SHA-256 of the CA's certificate, hexadecimal"),
), responses((status = 200, body = Vec<Revocation>), (status = 404, body = Problem, description = "not-found")))]
pub async fn list_revocations(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
) -> Result<Json<Vec<Revocation>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.revocations(&fingerprint).await?))
}
