//! `GET /databases/{database}/requests/{request}`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::request::Request;
use http::{HeaderMap, header};

use super::super::conditions;
use crate::http::context::Reader;
use crate::http::problem::{HttpProblem, ProblemPath};

const JSON: &str = "application/json";
const PEM: &str = "application/x-pem-file";

/// One request: JSON, or the request itself as PEM, as Accept says.
#[utoipa::path(get, path = "/databases/{database}/requests/{request}", tag = "requests", params(
    ("database" = String, Path, description = "Identifier"),
    ("request" = String, Path, description = "Identifier"),
), responses((status = 200, description = "The request", content((Request = "application/json"), (String = "application/x-pem-file")))))]
pub async fn show_request(
    caller: Reader,
    ProblemPath((database, id)): ProblemPath<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let media_type = conditions::chosen(&headers, &[JSON, PEM])?;
    let request = caller.console.databases.operation(&database, &caller.actor)?.request(&id).await?;
    let mut response = match media_type {
        PEM => ([(header::CONTENT_TYPE, PEM)], request.pem).into_response(),
        _ => Json(request).into_response(),
    };
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}
