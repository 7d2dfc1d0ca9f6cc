//! `GET /sessions`

use axum::Json;
use certdeck_shared::api::account::OpenSession;

use crate::domain::accounts::Actor;
use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// The open sessions, the last used first: of everybody for an administrator, else of one's own account. An API token without administration sees none.
#[utoipa::path(get, path = "/sessions", tag = "session", responses((status = 200, body = Vec<OpenSession>)))]
pub async fn list_sessions(caller: Caller) -> Result<Json<Vec<OpenSession>>, HttpProblem> {
    Ok(Json(caller.console.accounts.open_sessions(&Actor::Caller(&caller.access)).await?))
}
