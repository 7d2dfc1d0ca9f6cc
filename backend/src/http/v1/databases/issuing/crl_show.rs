//! `GET /databases/{database}/certificates/{fingerprint}/crl`

use axum::response::Response;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::revocation::RevocationList;
use http::HeaderMap;

use super::super::revocation_lists::representation;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The revocation list of a CA: JSON, PEM or DER, as Accept says.
#[utoipa::path(get, path = "/databases/{database}/certificates/{fingerprint}/crl", tag = "issuing", params(
    ("database" = String, Path, description = "Identifier"),
    ("fingerprint" = String, Path, description = "SHA-256 of the CA's certificate, hexadecimal"),
), responses(
    (status = 200, description = "The list", content(
        (RevocationList = "application/json"), (String = "application/x-pem-file"), (Vec<u8> = "application/pkix-crl"),
    )),
    (status = 404, body = Problem, description = "not-found: no list was made yet"),
))]
pub async fn show_revocation_list(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let (list, der) = caller.console.databases.operation(&database, &caller.actor)?.revocation_list(&fingerprint).await?;
    let pem = list.pem.clone();
    representation::as_accepted(&headers, &fingerprint, list, pem, der)
}
