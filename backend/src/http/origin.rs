//! Which origin a browser may call from: a page of somebody else never acts with our cookie, and never reads by DNS rebinding.

use std::net::IpAddr;

use certdeck_shared::api::problem::ProblemCode;
use http::request::Parts;
use http::{HeaderMap, Uri, header};
use serde_json::json;

use super::observation;
use super::problem::HttpProblem;
use super::recording::{self, Strangers};
use crate::config::Settings;
use crate::domain::console::Console;
use crate::state::{AuditDraft, Origin};

/// Characters of a name that are kept; RFC 1035 has no longer ones.
const LONGEST_HOST: usize = 255;

/// Refuses an unsafe call from a browser that is not on our own page. With a cookie the browser must say where it is
/// (`Origin`, or `Sec-Fetch-Site: same-origin`); without one (sign-in, set-up) only a foreign origin is refused, because scripts
/// send neither header.
pub fn check(parts: &Parts, settings: &Settings, with_cookie: bool) -> Result<(), HttpProblem> {
    if parts.method.is_safe() {
        return Ok(());
    }
    let refused = |detail: &str| Err(HttpProblem::new(ProblemCode::OriginRefused, detail));
    match text(&parts.headers, header::ORIGIN.as_str()) {
        Some(origin) if origin.eq_ignore_ascii_case(&own_origin(parts, settings)) => return Ok(()),
        Some(_) => return refused("The Origin header is not this console's. Behind a proxy, set trusted-origin to what browsers see."),
        None => {}
    }
    match text(&parts.headers, "sec-fetch-site") {
        Some("same-origin") => Ok(()),
        Some(_) => refused("The call comes from another site."),
        None if with_cookie => refused("A change with a cookie needs an Origin header; scripts use an API token."),
        None => Ok(()),
    }
}

fn own_origin(parts: &Parts, settings: &Settings) -> String {
    settings.trusted_origin.clone().unwrap_or_else(|| {
        let scheme = if settings.http { "http" } else { "https" };
        format!("{scheme}://{}", host(&parts.headers, &parts.uri).unwrap_or_default())
    })
}

/// Under `--http` the console answers only to names of loopback: a page elsewhere whose name was made to point here is refused.
pub async fn refuse_foreign_hosts(
    console: &Console,
    strangers: &Strangers,
    host: Option<&str>,
    peer: Option<IpAddr>,
) -> Result<(), HttpProblem> {
    if console.settings.http && !host.is_some_and(|host| is_ours(host, &console.settings)) {
        let name: String = host.unwrap_or_default().chars().take(LONGEST_HOST).collect();
        let mut draft = AuditDraft::refused("unknown", "call.refuse", ProblemCode::OriginRefused);
        draft = draft.subject("a call for another host").after(json!({"host": name}));
        draft.origin = Origin::of_call(None, peer, observation::request_id());
        recording::stranger_refused(console, strangers, draft).await;
        return Err(HttpProblem::new(
            ProblemCode::OriginRefused,
            "Under --http the console answers to localhost, 127.0.0.1 and [::1] only, or to its trusted-origin.",
        ));
    }
    Ok(())
}

fn is_ours(host: &str, settings: &Settings) -> bool {
    let trusted = settings.trusted_origin.as_deref().and_then(|origin| origin.split("://").nth(1));
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    trusted.is_some_and(|trusted| trusted.eq_ignore_ascii_case(host))
        || ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Host header of HTTP/1, authority of HTTP/2.
pub(super) fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    text(headers, "host").or_else(|| uri.authority().map(|authority| authority.as_str()))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
}
