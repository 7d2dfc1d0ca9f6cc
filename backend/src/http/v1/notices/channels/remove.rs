//! `DELETE /notices/channels/{channel}`

use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Removes a channel with its secret. What waits for it is given up.
#[utoipa::path(delete, path = "/notices/channels/{channel}", tag = "notices",
    params(("channel" = String, Path, description = "Identifier")), responses((status = 204, description = "Removed")))]
pub async fn remove_channel(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.notices.remove_channel(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
