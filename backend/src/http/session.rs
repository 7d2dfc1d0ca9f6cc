//! What a caller shows: the cookie of a session, or an API token.

use http::{HeaderMap, HeaderValue, header};

use crate::config::Settings;

/// Name of the cookie: the `__Host-` prefix binds it to this host, to TLS and to no other path; without TLS it cannot be set.
#[must_use]
pub fn cookie_name(settings: &Settings) -> &'static str {
    if settings.browsers_use_tls() { "__Host-certdeck" } else { "certdeck" }
}

/// The token in the caller's cookie.
#[must_use]
pub fn token<'a>(headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
    let name = cookie_name(settings);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, token)| token)
}

/// The header `Authorization` has something else than `Bearer` and a secret.
pub struct NotBearer;

/// The API token in the header `Authorization` (RFC 6750, section 2.1); none without the header.
///
/// # Errors
/// [`NotBearer`].
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, NotBearer> {
    let Some(authorization) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let (scheme, secret) = authorization.to_str().ok().and_then(|value| value.split_once(' ')).ok_or(NotBearer)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(secret.trim())) } else { Err(NotBearer) }
}

/// Sets the cookie. It ends with the browser; the server ends it earlier.
#[must_use]
pub fn set(token: &str, settings: &Settings) -> HeaderValue {
    line(token, "", settings)
}

/// Takes the cookie away.
#[must_use]
pub fn clear(settings: &Settings) -> HeaderValue {
    line("", "; Max-Age=0", settings)
}

fn line(token: &str, more: &str, settings: &Settings) -> HeaderValue {
    let secure = if settings.browsers_use_tls() { "; Secure" } else { "" };
    let line = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", cookie_name(settings));
    let mut value = HeaderValue::from_str(&line).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}
