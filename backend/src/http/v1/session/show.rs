//! `GET /session`

use axum::Json;
use certdeck_shared::api::account::Session;
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = 200, body = Session),
    (status = 401, body = Problem, description = "not-signed-in"),
))]
pub async fn show_session(caller: Caller) -> Json<Session> {
    Json(caller.access.told(caller.access.confirmed_until(caller.console.clock.now())))
}
