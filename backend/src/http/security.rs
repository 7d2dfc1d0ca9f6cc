//! Headers that every answer has.

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};
use time::Duration;

use crate::config::Settings;

/// Nothing is loaded from anywhere else, nothing runs that is not ours; `wasm-unsafe-eval` lets the page's WebAssembly be compiled.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    manifest-src 'self'";

const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-write=(self)"),
];

/// What the answer to a call needs beside those that all have.
#[derive(Debug, Clone, Copy)]
pub struct Needed {
    /// Of the API: no copy of it in any cache.
    no_store: bool,
    /// For how long browsers insist on TLS.
    strict_transport: Option<Duration>,
}

impl Needed {
    /// `Strict-Transport-Security` (RFC 6797) goes where a setting says for how long. Not by itself: with a certificate that browsers do not trust
    /// it takes away their way on, so that one renewal would lock everybody out of the console and of every other service of the host name. Nor
    /// over plain HTTP: whoever heard it there could have heard it from anybody (section 7.2).
    #[must_use]
    pub fn of(request: &Request, settings: &Settings) -> Self {
        let strict_transport = settings.strict_transport.filter(|_| !settings.http);
        Self { no_store: request.uri().path().starts_with("/api/"), strict_transport }
    }
}

/// Sets them.
pub fn protect(response: &mut Response, needed: Needed) {
    let headers = response.headers_mut();
    headers.reserve(HEADERS.len() + 2);
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if needed.no_store {
        // A validator still works: `no-store` with an ETag lets a script ask with If-None-Match what it holds itself.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(strict) = needed.strict_transport
        && let Ok(value) = HeaderValue::try_from(format!("max-age={}", strict.whole_seconds()))
    {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
}
