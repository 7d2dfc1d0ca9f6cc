//! `DELETE /sessions/{session}`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::domain::accounts::Actor;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Ends a session: whoever has it must sign in again. One's own, or as an administrator anybody's.
#[utoipa::path(delete, path = "/sessions/{session}", tag = "session", params(("session" = String, Path, description = "Identifier, as listed")), responses(
    (status = 204, description = "Ended"),
    (status = 404, body = Problem, description = "not-found: also one that the caller may not see"),
))]
pub async fn end_session(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.accounts.end_session(&Actor::Caller(&caller.access), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
