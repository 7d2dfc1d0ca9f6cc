//! `POST /notices/calendar`

use axum::Json;
use certdeck_shared::api::notice::CalendarMade;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Makes an address for the calendar, told this once. The one before it ends.
#[utoipa::path(post, path = "/notices/calendar", tag = "notices", responses((status = 201, body = CalendarMade)))]
pub async fn make_calendar(caller: Caller) -> Result<(StatusCode, Json<CalendarMade>), HttpProblem> {
    Ok((StatusCode::CREATED, Json(caller.console.notices.make_calendar(&caller.actor).await?)))
}
