//! `PATCH /databases/{database}/tokens/{token}/certificates/{fingerprint}`

use axum::Json;
use certdeck_shared::api::module::{TokenCertificate, TokenCertificateChange};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes nickname or trust of a certificate on a token. Trust is kept in the internal database, with a copy of the certificate, as NSS does it; that
/// database must be unlocked, and its password is another one than the token's.
#[utoipa::path(patch, path = "/databases/{database}/tokens/{token}/certificates/{fingerprint}", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
    ("fingerprint" = String, Path, description = "SHA-256 of the certificate, hexadecimal"),
),
request_body = TokenCertificateChange, responses(
    (status = 200, body = TokenCertificate),
    (status = 409, body = Problem, description = "token-locked: the internal database is"),
))]
pub async fn change_token_certificate(
    caller: Caller,
    ProblemPath((database, token, fingerprint)): ProblemPath<(String, String, String)>,
    ProblemJson(change): ProblemJson<TokenCertificateChange>,
) -> Result<Json<TokenCertificate>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    Ok(Json(operation.change_token_certificate(&token, &fingerprint, change).await?))
}
