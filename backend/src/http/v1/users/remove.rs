//! `DELETE /users/{user_name}`

use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::domain::accounts::Actor;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Removes an account with its sessions and the API tokens it made.
#[utoipa::path(delete, path = "/users/{user_name}", tag = "users", params(("user_name" = String, Path, description = "User name")), responses(
    (status = 204, description = "Removed"),
    (status = 409, body = Problem, description = "last-administrator"),
))]
pub async fn remove_user(caller: Caller, ProblemPath(user_name): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.accounts.remove_user(&Actor::Caller(&caller.access), &user_name).await?;
    Ok(StatusCode::NO_CONTENT)
}
