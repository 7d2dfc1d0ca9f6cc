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
    serve_from(FILES, &method, &uri, &headers)
}

fn serve_from(files: &[PageFile], method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return HttpProblem::new(ProblemCode::NotFound, "There is no such path; /api/v1/openapi.json has all.").into_response();
    }
    if *method != Method::GET && *method != Method::HEAD {
        return HttpProblem::new(ProblemCode::MethodNotAllowed, "The page is read by GET.").into_response();
    }
    let found = files.iter().find(|file| file.path == path);
    // The last part of an inner address has no dot, but for fingerprints and ids, which have none either.
    let is_file_name = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let inner = || files.iter().find(|file| file.path == "index.html").filter(|_| !is_file_name);
    match found.or_else(inner) {
        Some(file) => answer(file, headers),
        None if files.is_empty() => (StatusCode::SERVICE_UNAVAILABLE, ABSENT).into_response(),
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

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    const PAGE: &[PageFile] = &[
        PageFile { path: "index.html", content_type: "text/html; charset=utf-8", etag: "\"i\"", plain: b"<html>", brotli: b"" },
        PageFile { path: "certdeck_bg.wasm", content_type: "application/wasm", etag: "\"w\"", plain: b"\0asm long", brotli: b"\0br" },
    ];

    async fn get(files: &[PageFile], path: &str, headers: &[(&'static str, &'static str)]) -> (u16, HeaderMap, Vec<u8>) {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
        let (parts, body) = serve_from(files, &Method::GET, &path.parse().unwrap(), &headers).into_parts();
        (parts.status.as_u16(), parts.headers, to_bytes(body, 1 << 16).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn inner_addresses_are_the_page_and_absent_files_are_not() {
        for path in ["/", "/sign-in", "/databases/3f/certificates/00ff"] {
            let (status, headers, body) = get(PAGE, path, &[]).await;
            assert_eq!(
                (status, body.as_slice(), headers["content-type"].to_str().unwrap()),
                (200, &b"<html>"[..], "text/html; charset=utf-8")
            );
        }
        for path in ["/absent.js", "/databases/absent.css", "/api", "/api/v2/users"] {
            assert_eq!(get(PAGE, path, &[]).await.0, 404, "{path}");
        }
        assert_eq!(get(&[], "/", &[]).await.0, 503);
    }

    #[tokio::test]
    async fn a_file_that_the_browser_has_is_not_sent_again() {
        for known in ["\"w\"", "W/\"w\"", "\"x\", \"w\"", "*"] {
            let (status, headers, body) = get(PAGE, "/certdeck_bg.wasm", &[("if-none-match", known)]).await;
            assert_eq!((status, body.len(), headers["etag"].to_str().unwrap()), (304, 0, "\"w\""), "{known}");
        }
        assert_eq!(get(PAGE, "/certdeck_bg.wasm", &[("if-none-match", "\"x\"")]).await.0, 200);
    }

    #[tokio::test]
    async fn brotli_is_sent_only_to_who_takes_it() {
        for (accepted, compressed) in [("gzip, br", true), ("br;q=0, gzip", false), ("gzip", false), ("BR;q=0.5", true)] {
            let (_, headers, body) = get(PAGE, "/certdeck_bg.wasm", &[("accept-encoding", accepted)]).await;
            assert_eq!(headers.contains_key("content-encoding"), compressed, "{accepted}");
            assert_eq!((body == b"\0br", headers["vary"].to_str().unwrap()), (compressed, "accept-encoding"), "{accepted}");
        }
    }

    #[test]
    fn the_page_is_only_read() {
        assert_eq!(serve_from(PAGE, &Method::HEAD, &Uri::from_static("/"), &HeaderMap::new()).status(), 200);
        assert_eq!(serve_from(PAGE, &Method::POST, &Uri::from_static("/"), &HeaderMap::new()).status(), 405);
    }
}
