//! The PKCS#11 modules of a database.

mod change;
mod create;
mod list;
mod remove;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of modules.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(list::list_modules, create::add_module)).routes(routes!(
        show::show_module,
        change::change_module,
        remove::remove_module
    ))
}
