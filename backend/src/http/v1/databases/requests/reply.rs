//! `POST /databases/{database}/requests/{request}/reply`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::request::{Reply, ReplyInstalled};

use crate::http::context::Writer;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Installs the CA's answer: the certificate of the request's key, and the issuers that came with it, without trust.
#[utoipa::path(post, path = "/databases/{database}/requests/{request}/reply", tag = "requests", params(
    ("database" = String, Path, description = "Identifier"),
    ("request" = String, Path, description = "Identifier"),
), request_body = Reply, responses(
    (status = 200, body = ReplyInstalled),
    (status = 409, body = Problem, description = "serial-number-reused, nickname-taken, database-read-only"),
    (status = 422, body = Problem, description = "unreadable, reply-does-not-match"),
))]
pub async fn reply_to_request(
    caller: Writer,
    ProblemPath((database, id)): ProblemPath<(String, String)>,
    ProblemJson(reply): ProblemJson<Reply>,
) -> Result<Json<ReplyInstalled>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.reply(&id, reply).await?))
}
