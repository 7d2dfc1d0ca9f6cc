//! Conditional requests and representations (RFC 9110 sections 12.5.1 and 13.1).

use axum::response::Response;
use certdeck_shared::api::problem::ProblemCode;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::http::problem::HttpProblem;

/// The value of `If-Match`, if there is one.
pub(super) fn if_match(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok())
}

/// Whether the caller has this representation already.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Weak comparison: compression may have made our tag a weak one.
    tags.split(',').map(|one| one.trim().trim_start_matches("W/").trim_matches('"')).any(|one| one == tag || one == "*")
}

/// Adds the entity tag.
pub(super) fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// 304.
pub(super) fn not_modified(tag: &str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    tagged(response, tag)
}

/// The first of `offered` that the caller accepts, by the caller's weights; the first offered when nothing is said.
pub(super) fn chosen(headers: &HeaderMap, offered: &[&'static str]) -> Result<&'static str, HttpProblem> {
    let accept: Vec<String> =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).map(str::to_ascii_lowercase).collect();
    let accept = accept.join(",");
    if accept.trim().is_empty() {
        return offered.first().copied().ok_or_else(|| none(offered));
    }
    let ranges: Vec<(&str, f32)> = accept
        .split(',')
        .map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.parse().ok()).unwrap_or(1.0);
            (name, weight)
        })
        .collect();
    let weight = |media_type: &str| -> f32 {
        let family = media_type.split('/').next().unwrap_or_default();
        let exact = ranges.iter().find(|(name, _)| *name == media_type);
        let broad = || ranges.iter().find(|(name, _)| name.strip_suffix("/*") == Some(family));
        let any = || ranges.iter().find(|(name, _)| *name == "*/*");
        exact.or_else(broad).or_else(any).map_or(0.0, |(_, weight)| *weight)
    };
    let mut best = None;
    for media_type in offered {
        let weight = weight(media_type);
        if weight > 0.0 && best.is_none_or(|(_, found)| weight > found) {
            best = Some((*media_type, weight));
        }
    }
    best.map(|(media_type, _)| media_type).ok_or_else(|| none(offered))
}

fn none(offered: &[&str]) -> HttpProblem {
    HttpProblem::new(ProblemCode::NotAcceptable, format!("Available: {}.", offered.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(accept: &str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        chosen(&headers, &["application/json", "application/x-pem-file", "application/pkix-cert"]).ok()
    }

    #[test]
    fn the_representation_is_the_one_the_caller_weighs_highest() {
        assert_eq!(pick("*/*"), Some("application/json"));
        assert_eq!(pick("application/pkix-cert"), Some("application/pkix-cert"));
        assert_eq!(pick("application/json;q=0.5, application/x-pem-file"), Some("application/x-pem-file"));
        assert_eq!(pick("text/html, application/*;q=0.2"), Some("application/json"));
        assert_eq!(pick("text/html"), None);
        assert_eq!(pick("application/json;q=0, application/pkix-cert;q=0.1"), Some("application/pkix-cert"));
    }
}
