//! `DELETE /databases/{database}/tokens/{token}/certificates/{fingerprint}`

use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Takes a certificate off a token. Its key stays, and its trust in the internal database.
#[utoipa::path(delete, path = "/databases/{database}/tokens/{token}/certificates/{fingerprint}", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
    ("fingerprint" = String, Path, description = "SHA-256 of the certificate, hexadecimal"),
),
responses((status = 204, description = "Deleted")))]
pub async fn delete_token_certificate(
    caller: Caller,
    ProblemPath((database, token, fingerprint)): ProblemPath<(String, String, String)>,
) -> Result<StatusCode, HttpProblem> {
    caller
        .console
        .databases
        .operation(&database, &caller.actor)?
        .asking_again(caller.asking())
        .delete_token_certificate(&token, &fingerprint, false)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
