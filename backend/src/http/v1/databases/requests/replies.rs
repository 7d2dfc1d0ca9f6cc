//! `POST /databases/{database}/replies`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::request::{Reply, ReplyInstalled};
use certdeck_shared::glass::Action;

use super::reply::Asked;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath, ProblemQuery};

/// Installs a CA's answer to whichever request has the key: paste it, the request is found. With `preview=true` nothing is written.
#[utoipa::path(post, path = "/databases/{database}/replies", tag = "requests", params(
    ("database" = String, Path, description = "Identifier"),
    ("preview" = Option<bool>, Query, description = "Only tell what would happen"),
), request_body = Reply, responses(
    (status = 200, body = ReplyInstalled),
    (status = 409, body = Problem, description = "request-answered, serial-number-reused, nickname-taken, database-read-only"),
    (status = 422, body = Problem, description = "unreadable, reply-does-not-match"),
))]
pub async fn reply_to_any(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    ProblemJson(reply): ProblemJson<Reply>,
) -> Result<Json<ReplyInstalled>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::ReplyToAny { nickname: reply.nickname.clone() }).await;
    Ok(Json(operation.reply_to_any(reply, asked.preview).await?))
}
