//! `POST /notices/channels/{channel}/test`

use axum::Json;
use certdeck_shared::api::notice::Delivery;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Sends a message without notices through a channel, once and now. Whether it was taken, and what the other side answered, is in the answer.
#[utoipa::path(post, path = "/notices/channels/{channel}/test", tag = "notices",
    params(("channel" = String, Path, description = "Identifier")), responses((status = 200, body = Delivery)))]
pub async fn test_channel(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<Delivery>, HttpProblem> {
    Ok(Json(caller.console.notices.test_channel(&caller.actor, &id).await?))
}
