//! `GET /databases/{database}/certificates/{fingerprint}`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::certificate::ParsedCertificate;
use certdeck_shared::api::problem::Problem;
use http::{HeaderMap, header};

use super::encode;
use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

const JSON: &str = "application/json";
const PEM: &str = "application/x-pem-file";
const DER: &str = "application/pkix-cert";

/// One certificate: JSON with its view, PEM or DER, as Accept says. The ETag changes with nickname, trust and key.
#[utoipa::path(get, path = "/databases/{database}/certificates/{fingerprint}", tag = "certificates", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
    ), responses(
        (status = 200, description = "The certificate", content(
            (ParsedCertificate = "application/json"), (String = "application/x-pem-file"), (Vec<u8> = "application/pkix-cert"),
        )),
        (status = 304, description = "Not changed"),
        (status = 404, body = Problem, description = "not-found"),
        (status = 406, body = Problem, description = "not-acceptable"),
    ))]
pub async fn show_certificate(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let media_type = conditions::chosen(&headers, &[JSON, PEM, DER])?;
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let (certificate, der, tag) = operation.certificate(&fingerprint).await?;
    if conditions::is_known(&headers, &tag) {
        return Ok(conditions::not_modified(&tag));
    }
    let file = |extension: &str| format!("attachment; filename=\"{}.{extension}\"", certificate.fingerprint_sha256);
    let mut response = match media_type {
        PEM => ([(header::CONTENT_TYPE, PEM.to_owned()), (header::CONTENT_DISPOSITION, file("pem"))], encode::pem(&der)).into_response(),
        DER => ([(header::CONTENT_TYPE, DER.to_owned()), (header::CONTENT_DISPOSITION, file("cer"))], der).into_response(),
        _ => Json(certificate).into_response(),
    };
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(conditions::tagged(response, &tag))
}
