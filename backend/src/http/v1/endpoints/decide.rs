//! `PUT /endpoints/settings`

use axum::Json;
use certdeck_shared::api::endpoint::WatchSettings;
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Decides how often endpoints are probed, and which hosts may be beside this one. `GET /endpoints` tells both.
#[utoipa::path(put, path = "/endpoints/settings", tag = "endpoints", request_body = WatchSettings, responses(
    (status = 200, body = WatchSettings),
    (status = 400, body = Problem, description = "invalid-input: an interval out of bounds, or an entry that is no host and no network"),
))]
pub async fn decide_watch(caller: Caller, ProblemJson(settings): ProblemJson<WatchSettings>) -> Result<Json<WatchSettings>, HttpProblem> {
    Ok(Json(caller.console.watch.decide(&caller.actor, settings).await?))
}
