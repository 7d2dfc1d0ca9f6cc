//! `GET /users`

use axum::Json;
use certdeck_shared::api::account::User;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// All accounts.
#[utoipa::path(get, path = "/users", tag = "users", responses((status = 200, body = Vec<User>)))]
pub async fn list_users(caller: Caller) -> Result<Json<Vec<User>>, HttpProblem> {
    Ok(Json(caller.console.accounts.users().await?))
}
