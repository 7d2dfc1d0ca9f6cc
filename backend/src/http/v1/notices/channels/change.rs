//! `PATCH /notices/channels/{channel}`

use axum::Json;
use certdeck_shared::api::notice::{Channel, ChannelChange};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes a channel. What waits for one that is switched off is given up. With another mail server its password must be given again.
#[utoipa::path(patch, path = "/notices/channels/{channel}", tag = "notices", request_body = ChannelChange,
    params(("channel" = String, Path, description = "Identifier")), responses(
    (status = 200, body = Channel),
    (status = 400, body = Problem, description = "invalid-input"),
))]
pub async fn change_channel(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemJson(change): ProblemJson<ChannelChange>,
) -> Result<Json<Channel>, HttpProblem> {
    Ok(Json(caller.console.notices.change_channel(&caller.actor, &id, change).await?))
}
