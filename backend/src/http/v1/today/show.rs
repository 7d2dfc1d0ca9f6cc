//! `GET /today`

use axum::Json;
use certdeck_shared::api::today::Today;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// What needs a hand today of what the caller may see, the most urgent first: certificates that end, endpoints that fail or serve another certificate, deployments that
/// were taken back or are half done, databases that are open to others or locked, channels that take no notices. Each says where it is put
/// right. Channels are told to administrators alone. What was snoozed is counted and not listed. With nothing in the list all is well, and
/// `watched` says how much that is. Endpoints with means that are weak today do not hurry: the first few are in `weak`.
#[utoipa::path(get, path = "/today", tag = "today", responses((status = 200, body = Today)))]
pub async fn show_today(caller: Caller) -> Result<Json<Today>, HttpProblem> {
    Ok(Json(caller.console.today(caller.sight()).await?))
}
