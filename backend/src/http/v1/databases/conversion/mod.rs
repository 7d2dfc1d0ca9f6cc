//! The conversion of a database of the old format.

mod perform;
mod preview;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of the conversion.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(preview::preview_conversion, perform::convert_database))
}
