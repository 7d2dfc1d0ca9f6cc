//! `GET /session/second-factor`

use axum::Json;
use certdeck_shared::api::second_factor::SecondFactor;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// What the caller's account has of a second factor, its passkeys, and how many recovery codes are left.
#[utoipa::path(get, path = "/session/second-factor", tag = "session", responses((status = 200, body = SecondFactor)))]
pub async fn show_second_factor(caller: Caller) -> Result<Json<SecondFactor>, HttpProblem> {
    Ok(Json(caller.console.accounts.second_factor(&caller.access, &caller.party()).await?))
}
