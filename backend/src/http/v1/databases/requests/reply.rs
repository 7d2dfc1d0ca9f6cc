//! `POST /databases/{database}/requests/{request}/reply`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::request::{Reply, ReplyInstalled};
use certdeck_shared::glass::Action;
use serde::Deserialize;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub(super) preview: bool,
}

/// Installs the CA's answer: the certificate of the request's key, and the issuers that came with it, without trust. When the key is not in
/// the database the certificate is kept with the request instead. With `preview=true` nothing is written.
#[utoipa::path(post, path = "/databases/{database}/requests/{request}/reply", tag = "requests", params(
    ("database" = String, Path, description = "Identifier"),
    ("request" = String, Path, description = "Identifier"),
    ("preview" = Option<bool>, Query, description = "Only tell what would happen"),
), request_body = Reply, responses(
    (status = 200, body = ReplyInstalled),
    (status = 409, body = Problem, description = "request-answered, serial-number-reused, nickname-taken, database-read-only"),
    (status = 422, body = Problem, description = "unreadable, reply-does-not-match"),
))]
pub async fn reply_to_request(
    caller: Caller,
    ProblemPath((database, id)): ProblemPath<(String, String)>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    ProblemJson(reply): ProblemJson<Reply>,
) -> Result<Json<ReplyInstalled>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    if asked.preview {
        return Ok(Json(operation.preview_reply(&id, reply).await?));
    }
    let known = operation.request(&id).await.ok().map(|request| request.nickname);
    let nickname = reply.nickname.clone().or(known).unwrap_or_default();
    let operation = operation.standing_for(Action::ReplyToRequest { request: id.clone(), nickname }).await;
    Ok(Json(operation.reply(&id, reply).await?))
}
