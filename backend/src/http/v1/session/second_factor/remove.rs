//! `DELETE /session/second-factor`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::domain::accounts::Actor;
use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Takes the second factor of the caller's account away, with its recovery codes.
#[utoipa::path(delete, path = "/session/second-factor", tag = "session", responses(
    (status = 204, description = "Removed; the password alone signs in"),
    (status = 403, body = Problem, description = "scope-insufficient: an API token"),
    (status = 404, body = Problem, description = "not-found"),
))]
pub async fn remove_second_factor(caller: Caller) -> Result<StatusCode, HttpProblem> {
    caller.console.accounts.remove_second_factor(&Actor::Caller(&caller.access), &caller.access.account).await?;
    Ok(StatusCode::NO_CONTENT)
}
