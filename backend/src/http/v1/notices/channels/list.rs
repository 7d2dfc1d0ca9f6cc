//! `GET /notices/channels`

use axum::Json;
use certdeck_shared::api::notice::Channel;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Whom notices go to, the oldest first, without their secrets. For administrators: the address of a webhook is a secret of its own.
#[utoipa::path(get, path = "/notices/channels", tag = "notices", responses((status = 200, body = Vec<Channel>)))]
pub async fn list_channels(caller: Caller) -> Result<Json<Vec<Channel>>, HttpProblem> {
    Ok(Json(caller.console.notices.channels().await?))
}
