//! The calendar. Paths are relative to `/api/v1`: `/notices/calendar`.

mod end;
mod feed;
mod make;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of the calendar.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(show::show_calendar, make::make_calendar, end::end_calendar)).routes(routes!(feed::read_calendar))
}
