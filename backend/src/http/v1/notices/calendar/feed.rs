//! `GET /notices/calendar/{feed}`

use http::header;

use crate::http::context::Anyone;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The calendar (RFC 5545): an event for the end of each certificate, with an alarm when its first notice is due. Calendar programs cannot
/// sign in; who has the address may read it.
#[utoipa::path(get, path = "/notices/calendar/{feed}", tag = "notices",
    params(("feed" = String, Path, description = "The token and `.ics`")),
    responses((status = 200, body = String, content_type = "text/calendar")))]
pub async fn read_calendar(
    caller: Anyone,
    ProblemPath(feed): ProblemPath<String>,
) -> Result<([(header::HeaderName, &'static str); 1], String), HttpProblem> {
    let token = feed.strip_suffix(".ics").unwrap_or_default();
    let text = caller.console.notices.calendar_feed(token).await?;
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text))
}
