//! `POST /users`

use axum::Json;
use certdeck_shared::api::account::{NewUser, User};
use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::domain::accounts::Actor;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Makes an account.
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser, responses(
    (status = 201, body = User),
    (status = 409, body = Problem, description = "already-exists"),
    (status = 422, body = Problem, description = "password-weak"),
))]
pub async fn create_user(caller: Caller, ProblemJson(body): ProblemJson<NewUser>) -> Result<(StatusCode, Json<User>), HttpProblem> {
    Ok((StatusCode::CREATED, Json(caller.console.accounts.add_user(&Actor::Caller(&caller.access), body).await?)))
}
