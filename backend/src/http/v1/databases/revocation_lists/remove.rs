//! `DELETE /databases/{database}/crls/{fingerprint}`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Takes a revocation list out of the database, as `crlutil -D`. What only this list revoked is valid again for NSS.
#[utoipa::path(delete, path = "/databases/{database}/crls/{fingerprint}", tag = "validation", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the list, hexadecimal"),
    ), responses(
        (status = 204, description = "Deleted"),
        (status = 404, body = Problem, description = "not-found"),
    ))]
pub async fn delete_revocation_list(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
) -> Result<StatusCode, HttpProblem> {
    caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking()).delete_list(&fingerprint).await?;
    Ok(StatusCode::NO_CONTENT)
}
