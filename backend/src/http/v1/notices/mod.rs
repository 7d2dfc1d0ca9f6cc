//! Notices. Paths are relative to `/api/v1`: `/notices`, with the policy, channels, deliveries, the board and the calendar below.

mod board;
mod calendar;
mod change;
mod channels;
mod deliveries;
mod list;
mod set_policy;
mod show_policy;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of notices.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_notices))
        .routes(routes!(change::change_notice))
        .routes(routes!(show_policy::show_expiry_policy, set_policy::set_expiry_policy))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(board::show_board))
        .merge(channels::router())
        .merge(calendar::router())
}
