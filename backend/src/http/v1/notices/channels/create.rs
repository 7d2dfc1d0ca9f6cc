//! `POST /notices/channels`

use axum::Json;
use certdeck_shared::api::notice::{ChannelMade, NewChannel};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Makes a channel. A webhook without a secret gets one, which this answer alone has. A command runs with the rights of the console.
#[utoipa::path(post, path = "/notices/channels", tag = "notices", request_body = NewChannel, responses(
    (status = 201, body = ChannelMade, description = "Made; Location is its address"),
    (status = 400, body = Problem, description = "invalid-input"),
))]
pub async fn create_channel(
    caller: Caller,
    ProblemJson(new): ProblemJson<NewChannel>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<ChannelMade>), HttpProblem> {
    let made = caller.console.notices.add_channel(&caller.actor, new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::channel(&made.channel.id))], Json(made)))
}
