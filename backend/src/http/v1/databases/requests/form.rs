//! `GET /databases/{database}/certificates/{fingerprint}/request-form`

use axum::Json;
use certdeck_shared::request::RequestForm;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The form that asks for a certificate again: its subject, names and usages.
#[utoipa::path(get, path = "/databases/{database}/certificates/{fingerprint}/request-form", tag = "requests", params(
    ("database" = String, Path, description = "Identifier"),
    ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
), responses((status = 200, body = RequestForm)))]
pub async fn request_form(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
) -> Result<Json<RequestForm>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.request_form_of(&fingerprint).await?))
}
