//! `DELETE /session/second-factor`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Takes the authenticator program of the caller's account away; its passkeys stay. With the last of the second factor the recovery codes go.
#[utoipa::path(delete, path = "/session/second-factor", tag = "session", responses(
    (status = 204, description = "Removed; without passkeys the password alone signs in"),
    (status = 403, body = Problem, description = "scope-insufficient: an API token"),
    (status = 404, body = Problem, description = "not-found"),
    (status = 409, body = Problem, description = "last-second-factor: the console wants one"),
))]
pub async fn remove_second_factor(caller: Caller) -> Result<StatusCode, HttpProblem> {
    caller.console.accounts.remove_second_factor(&caller.access).await?;
    Ok(StatusCode::NO_CONTENT)
}
