//! Channels. Paths are relative to `/api/v1`: `/notices/channels`.

mod change;
mod create;
mod list;
mod remove;
mod test;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of channels.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_channels, create::create_channel))
        .routes(routes!(change::change_channel, remove::remove_channel))
        .routes(routes!(test::test_channel))
}
