//! `GET /databases/{database}/crls/{fingerprint}`

use axum::response::Response;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::revocation::StoredList;
use http::HeaderMap;

use super::{Asked, representation};
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

/// One revocation list of a database: JSON, PEM or DER, as Accept says.
#[utoipa::path(get, path = "/databases/{database}/crls/{fingerprint}", tag = "validation", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the list, hexadecimal"),
        ("serial_number" = Option<String>, Query, description = "Decimal, or `0x` and hexadecimal"),
    ), responses(
        (status = 200, description = "The list", content(
            (StoredList = "application/json"), (String = "application/x-pem-file"), (Vec<u8> = "application/pkix-crl"),
        )),
        (status = 404, body = Problem, description = "not-found"),
    ))]
pub async fn show_stored_list(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let (list, der, pem) = operation.stored_list(&fingerprint, asked.serial_number.as_deref()).await?;
    representation::as_accepted(&headers, &fingerprint, list, pem, der)
}
