//! Files `certmap.conf`. Paths are relative to `/api/v1`: `/certificate-maps`.

mod change;
mod show;
mod trial;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of certificate maps.
#[must_use]
pub fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(show::show_certificate_maps, change::change_certificate_maps))
        .routes(routes!(trial::try_certificate_map))
}
