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
    Json(Session {
        user_name: caller.access.name.clone(),
        grants: caller.access.grants.clone(),
        expires_at: caller.access.expires_at,
        confirmed_until: caller.access.confirmed_until(caller.console.clock.now()),
        second_factor: caller.access.second_factor,
    })
}
