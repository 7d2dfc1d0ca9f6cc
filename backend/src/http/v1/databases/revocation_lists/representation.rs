//! A revocation list as the caller wants it: as JSON, or as a file.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, header};
use serde::Serialize;

use crate::http::conditions;
use crate::http::problem::HttpProblem;

const JSON: &str = "application/json";
const PEM: &str = "application/x-pem-file";
const DER: &str = "application/pkix-crl";

/// JSON, PEM or DER, as Accept says.
pub(in crate::http::v1::databases) fn as_accepted(
    headers: &HeaderMap,
    fingerprint: &str,
    list: impl Serialize,
    pem: String,
    der: Vec<u8>,
) -> Result<Response, HttpProblem> {
    let media_type = conditions::chosen(headers, &[JSON, PEM, DER])?;
    let file = |extension: &str| format!("attachment; filename=\"{}.{extension}\"", fingerprint.chars().take(16).collect::<String>());
    let mut response = match media_type {
        PEM => ([(header::CONTENT_TYPE, PEM.to_owned()), (header::CONTENT_DISPOSITION, file("pem"))], pem).into_response(),
        DER => ([(header::CONTENT_TYPE, DER.to_owned()), (header::CONTENT_DISPOSITION, file("crl"))], der).into_response(),
        _ => Json(list).into_response(),
    };
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}
