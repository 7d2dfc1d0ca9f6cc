//! The header `Prefer`.

use http::HeaderMap;

/// Whether the caller would rather have a job than wait (RFC 7240 section 4.1).
#[must_use]
pub fn respond_async(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences.flat_map(|value| value.split(',')).any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
}
