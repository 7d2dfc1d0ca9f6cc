//! `GET /notices/calendar`

use axum::Json;
use certdeck_shared::api::notice::CalendarStatus;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Whether there is a calendar of certificate ends. Its address was told when it was made.
#[utoipa::path(get, path = "/notices/calendar", tag = "notices", responses((status = 200, body = CalendarStatus)))]
pub async fn show_calendar(caller: Caller) -> Result<Json<CalendarStatus>, HttpProblem> {
    Ok(Json(caller.console.notices.calendar().await?))
}
