//! The OpenAPI document, made from the handlers themselves.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use certdeck_shared::api::event::Event;
use certdeck_shared::api::problem::Problem;
use http::{HeaderValue, header};
use utoipa::OpenApi;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

use super::operations::{Need, OPERATIONS};

const PROBLEM: &str = "application/problem+json";
const METHODS: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Certdeck",
        version = "1",
        description = "The certificates of a server: NSS databases, keys, requests, trust. Errors are problems (RFC 9457) with a stable code."
    ),
    components(schemas(Problem, Event))
)]
struct Description;

/// What the handlers' descriptions are added to.
#[must_use]
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Adds to each operation what it asks of the caller, and that every refusal is a problem.
pub fn stamp(document: &mut utoipa::openapi::OpenApi) {
    stamp_security(document);
    for item in document.paths.paths.values_mut() {
        for method in METHODS {
            let Some(found) = find(item, method) else { continue };
            for (status, response) in &mut found.responses.responses {
                if let (RefOr::T(response), true) = (response, status.starts_with(['4', '5'])) {
                    response.content.clear();
                    response.content.insert(PROBLEM.to_owned(), problem());
                }
            }
            let refusal = ResponseBuilder::new().description("Refused or failed, with a stable code").content(PROBLEM, problem());
            found.responses.responses.insert("default".to_owned(), refusal.build().into());
        }
    }
}

fn problem() -> Content {
    Content::new(Some(Ref::from_schema_name("Problem")))
}

fn stamp_security(document: &mut utoipa::openapi::OpenApi) {
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token, `cdk_…`")).build();
    components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description("__Host-certdeck", "The session of a browser, from POST /api/v1/session"));
    components.security_schemes.insert("cookie".to_owned(), SecurityScheme::ApiKey(cookie));
    for operation in OPERATIONS {
        let Some(item) = document.paths.paths.get_mut(operation.path) else { continue };
        let Some(found) = find(item, operation.method) else { continue };
        let known = |rights: &[&str]| ["bearer", "cookie"].map(|scheme| SecurityRequirement::new(scheme, rights.iter().copied())).to_vec();
        found.security = Some(match operation.need {
            Need::Nothing => vec![SecurityRequirement::default()],
            Need::SignedIn => known(&[]),
            Need::Right(right, _) => known(&[right.name()]),
        });
        if operation.guarded.is_some() {
            let refusal = found.responses.responses.entry("403".to_owned()).or_insert_with(|| ResponseBuilder::new().build().into());
            if let RefOr::T(refusal) = refusal {
                let before = if refusal.description.is_empty() { String::new() } else { format!("{}; ", refusal.description) };
                refusal.description = format!("{before}approval-required, where a second person is asked");
            }
        }
        if operation.asks_again {
            let refusal = found.responses.responses.entry("403".to_owned()).or_insert_with(|| ResponseBuilder::new().build().into());
            if let RefOr::T(refusal) = refusal {
                let before = if refusal.description.is_empty() { String::new() } else { format!("{}; ", refusal.description) };
                refusal.description = format!("{before}confirmation-required: POST /session/confirmation, then this once more");
            }
        }
    }
}

/// All operations of a document: method in upper case and path.
#[must_use]
pub fn operations(document: &utoipa::openapi::OpenApi) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, item) in &document.paths.paths {
        let mut item = item.clone();
        found.extend(METHODS.iter().filter(|method| find(&mut item, method).is_some()).map(|method| ((*method).to_owned(), path.clone())));
    }
    found
}

fn find<'a>(item: &'a mut utoipa::openapi::PathItem, method: &str) -> Option<&'a mut Operation> {
    let method = match method {
        "GET" => HttpMethod::Get,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        "HEAD" => HttpMethod::Head,
        "OPTIONS" => HttpMethod::Options,
        "TRACE" => HttpMethod::Trace,
        _ => return None,
    };
    match method {
        HttpMethod::Get => item.get.as_mut(),
        HttpMethod::Post => item.post.as_mut(),
        HttpMethod::Put => item.put.as_mut(),
        HttpMethod::Patch => item.patch.as_mut(),
        HttpMethod::Delete => item.delete.as_mut(),
        HttpMethod::Head => item.head.as_mut(),
        HttpMethod::Options => item.options.as_mut(),
        HttpMethod::Trace => item.trace.as_mut(),
    }
}

/// `GET /api/v1/openapi.json`, for anyone: it says nothing about this installation.
pub fn answer(document: &Arc<str>) -> Response {
    let mut response = document.to_string().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
