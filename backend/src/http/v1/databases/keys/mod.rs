//! The private keys of a database. None ever leaves by GET.

mod create;
mod list;
mod remove;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of keys.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(list::list_keys, create::create_key)).routes(routes!(show::show_key, remove::delete_key))
}
