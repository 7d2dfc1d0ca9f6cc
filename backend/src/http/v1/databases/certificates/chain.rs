//! `GET /databases/{database}/certificates/{fingerprint}/chain`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::certificate::Chain;
use http::{HeaderMap, header};

use super::encode;
use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

const JSON: &str = "application/json";
const PEM: &str = "application/x-pem-file";
const PKCS7: &str = "application/pkcs7-mime";

/// The chain of a certificate, leaf first, as far as the database knows it: JSON, PEM or PKCS#7 (DER), as Accept says.
#[utoipa::path(get, path = "/databases/{database}/certificates/{fingerprint}/chain", tag = "certificates", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
    ), responses((status = 200, description = "The chain", content(
        (Chain = "application/json"), (String = "application/x-pem-file"), (Vec<u8> = "application/pkcs7-mime"),
    ))))]
pub async fn show_chain(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let media_type = conditions::chosen(&headers, &[JSON, PEM, PKCS7])?;
    let chain = caller.console.databases.operation(&database, &caller.actor)?.chain(&fingerprint).await?;
    let bytes: Vec<&[u8]> = chain.certificates.iter().map(|link| link.der.0.as_slice()).collect();
    let mut response = match media_type {
        PEM => ([(header::CONTENT_TYPE, PEM)], bytes.iter().map(|der| encode::pem(der)).collect::<String>()).into_response(),
        PKCS7 => ([(header::CONTENT_TYPE, "application/pkcs7-mime; smime-type=certs-only")], encode::pkcs7(&bytes)).into_response(),
        _ => Json(chain).into_response(),
    };
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}
