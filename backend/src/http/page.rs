//! The page: files that were embedded when the program was built, compressed beforehand, revalidated by ETag.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};

use super::problem::HttpProblem;
use certdeck_shared::api::problem::ProblemCode;

/// A file of the page.
struct PageFile {
    path: &'static str,
    content_type: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/page.rs"));

const ABSENT: &str = "The page is not part of this program: it was built before the page was.\n\
    Build the page with `trunk build --release`, then the program with `cargo build --release`; `make` does both.\n\
    The REST interface under /api/v1 works.\n";

/// Everything that no other route is for: files of the page, and its inner addresses, which are the page itself.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return HttpProblem::new(ProblemCode::NotFound, "There is no such path; /api/v1/openapi.json has all.").into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return HttpProblem::new(ProblemCode::MethodNotAllowed, "The page is read by GET.").into_response();
    }
    let found = FILES.iter().find(|file| file.path == path);
    // The last part of an inner address has no dot, but for fingerprints and ids, which have none either.
    let is_file_name = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let inner = || FILES.iter().find(|file| file.path == "index.html").filter(|_| !is_file_name);
    match found.or_else(inner) {
        Some(file) => answer(file, &headers),
        None if FILES.is_empty() => (StatusCode::SERVICE_UNAVAILABLE, ABSENT).into_response(),
        None => (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
    }
}

fn answer(file: &PageFile, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let matches = known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == file.etag || tag.trim() == "*");
    let compressed = !file.brotli.is_empty() && accepts_brotli(headers);
    let mut response = if matches {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (if compressed { file.brotli } else { file.plain }).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::ETAG, HeaderValue::from_static(file.etag));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Names have no hash in them, so every use asks whether the file is still the same: 304 without a body.
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if !matches {
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
        if compressed {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
    }
    response
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
        |coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br")) && parts.all(|part| part != "q=0" && part != "q=0.0")
        },
    )
}
