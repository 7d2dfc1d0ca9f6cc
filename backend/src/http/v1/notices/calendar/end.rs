//! `DELETE /notices/calendar`

use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Ends the address of the calendar.
#[utoipa::path(delete, path = "/notices/calendar", tag = "notices", responses((status = 204, description = "There is none now")))]
pub async fn end_calendar(caller: Caller) -> Result<StatusCode, HttpProblem> {
    caller.console.notices.end_calendar(&caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
