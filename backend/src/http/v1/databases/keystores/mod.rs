//! Files that hold private keys: in, and out for who enters the password again.

mod bundle;
mod import;
mod keystore;
mod outside;
mod pkcs12;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;
use crate::domain::keystores::ExportedFile;

/// A file of a few hundred keys fits, as base64.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// Routes of files that hold keys.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(import::import_keystore))
        .routes(routes!(outside::bundle_with_outside_key))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .routes(routes!(pkcs12::export_pkcs12))
        .routes(routes!(keystore::export_keystore))
        .routes(routes!(bundle::export_bundle))
}

/// A file to be saved, kept by nobody on the way.
fn download(mut file: ExportedFile, media_type: &'static str) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file.name));
    let mut response = std::mem::take(&mut *file.content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(disposition) = disposition {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
