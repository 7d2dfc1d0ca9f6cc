//! The tokens of a database: unlocked and locked.

mod lock;
mod unlock;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of tokens.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(unlock::unlock_token, lock::lock_token))
}
