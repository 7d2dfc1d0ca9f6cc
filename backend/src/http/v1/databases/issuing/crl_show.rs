//! `GET /databases/{database}/certificates/{fingerprint}/crl`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::revocation::RevocationList;
use http::{HeaderMap, header};

use super::super::conditions;
use crate::http::context::Reader;
use crate::http::problem::{HttpProblem, ProblemPath};

const JSON: &str = "application/json";
const PEM: &str = "application/x-pem-file";
const DER: &str = "application/pkix-crl";

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
    caller: Reader,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let media_type = conditions::chosen(&headers, &[JSON, PEM, DER])?;
    let (list, der) = caller.console.databases.operation(&database, &caller.actor)?.revocation_list(&fingerprint).await?;
    let file = |extension: &str| format!("attachment; filename=\"{}.{extension}\"", fingerprint.chars().take(16).collect::<String>());
    let mut response = match media_type {
        PEM => ([(header::CONTENT_TYPE, PEM.to_owned()), (header::CONTENT_DISPOSITION, file("pem"))], list.pem).into_response(),
        DER => ([(header::CONTENT_TYPE, DER.to_owned()), (header::CONTENT_DISPOSITION, file("crl"))], der).into_response(),
        _ => Json(list).into_response(),
    };
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}
