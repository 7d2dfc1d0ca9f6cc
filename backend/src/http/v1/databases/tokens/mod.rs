//! The tokens of a database: listed, unlocked and locked; and what is on tokens of other modules.

mod add_certificate;
mod certificates;
mod change_certificate;
mod change_password;
mod create_key;
mod delete_certificate;
mod delete_key;
mod keys;
mod list;
mod lock;
mod remove_line;
mod unlock;
mod write_line;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of tokens.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_tokens))
        .routes(routes!(unlock::unlock_token, lock::lock_token))
        .routes(routes!(change_password::change_token_password))
        .routes(routes!(write_line::write_token_password, remove_line::remove_token_password))
        .routes(routes!(certificates::list_token_certificates, add_certificate::add_token_certificate))
        .routes(routes!(change_certificate::change_token_certificate, delete_certificate::delete_token_certificate))
        .routes(routes!(keys::list_token_keys, create_key::create_token_key))
        .routes(routes!(delete_key::delete_token_key))
}
