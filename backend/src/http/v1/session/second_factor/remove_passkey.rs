//! `DELETE /session/second-factor/passkeys/{passkey}`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Takes a passkey of the caller's account away. With the last of the second factor the recovery codes go.
#[utoipa::path(delete, path = "/session/second-factor/passkeys/{passkey}", tag = "session", params(("passkey" = String, Path, description = "Identifier, as listed")), responses(
    (status = 204, description = "Removed"),
    (status = 403, body = Problem, description = "scope-insufficient: an API token"),
    (status = 404, body = Problem, description = "not-found"),
    (status = 409, body = Problem, description = "last-second-factor: the console wants one"),
))]
pub async fn remove_passkey(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.accounts.remove_passkey(&caller.access, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
