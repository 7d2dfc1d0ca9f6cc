//! `GET /databases/{database}/requests/{request}`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::request::Request;
use certdeck_shared::request as pkcs10;
use http::{HeaderMap, header};
use serde::Deserialize;

use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

const JSON: &str = "application/json";
const PEM: &str = "application/x-pem-file";
/// RFC 5967.
const DER: &str = "application/pkcs10";
const TEXT: &str = "text/plain";

/// Which label PEM has.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// CERTIFICATE REQUEST.
    #[default]
    Standard,
    /// NEW CERTIFICATE REQUEST, with the words that `certutil -R -a` writes above it.
    New,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    label: Label,
}

/// One request: JSON, or the request itself as PEM or DER, or in words, as Accept says.
#[utoipa::path(get, path = "/databases/{database}/requests/{request}", tag = "requests", params(
    ("database" = String, Path, description = "Identifier"),
    ("request" = String, Path, description = "Identifier"),
    ("label" = Option<Label>, Query, description = "Label of PEM: `standard`, or `new` with the words that certutil writes above it"),
), responses((status = 200, description = "The request", content(
    (Request = "application/json"), (String = "application/x-pem-file"), (Vec<u8> = "application/pkcs10"), (String = "text/plain"),
))))]
pub async fn show_request(
    caller: Caller,
    ProblemPath((database, id)): ProblemPath<(String, String)>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let media_type = conditions::chosen(&headers, &[JSON, PEM, DER, TEXT])?;
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let request = operation.request(&id).await?;
    let mut response = if media_type == JSON {
        Json(request).into_response()
    } else {
        let der = operation.request_der(&id).await?;
        let view = pkcs10::view(&der).map_err(HttpProblem::internal)?;
        match (media_type, asked.label) {
            (DER, _) => ([(header::CONTENT_TYPE, DER)], der).into_response(),
            (TEXT, _) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], pkcs10::text(&view)).into_response(),
            (_, Label::Standard) => ([(header::CONTENT_TYPE, PEM)], request.pem).into_response(),
            (_, Label::New) => {
                ([(header::CONTENT_TYPE, PEM)], pkcs10::certutil_text(&der, &view, request.phone.as_deref())).into_response()
            }
        }
    };
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}
