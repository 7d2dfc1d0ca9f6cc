//! `PATCH /users/{user_name}`

use axum::Json;
use certdeck_shared::api::account::{User, UserChange};
use certdeck_shared::api::approval::Guarded;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::role::Right;

use crate::domain::accounts::{Actor, Credential};
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes an account: one's own password with the present one; any account for administrators.
#[utoipa::path(patch, path = "/users/{user_name}", tag = "users", params(("user_name" = String, Path, description = "User name")),
    request_body = UserChange, responses(
    (status = 200, body = User),
    (status = 401, body = Problem, description = "credentials-incorrect: the present password is wrong"),
    (status = 409, body = Problem, description = "last-administrator"),
    (status = 422, body = Problem, description = "password-weak"),
))]
pub async fn change_user(
    caller: Caller,
    ProblemPath(user_name): ProblemPath<String>,
    ProblemJson(body): ProblemJson<UserChange>,
) -> Result<Json<User>, HttpProblem> {
    let oneself = caller.access.account.eq_ignore_ascii_case(&user_name) && matches!(caller.access.credential, Credential::Session(_));
    if (!oneself || body.grants.is_some()) && caller.sight().may_everywhere(Right::Administrate) {
        caller.require_confirmation(Guarded::Users).await?;
    }
    Ok(Json(caller.console.accounts.change_user(&Actor::Caller(&caller.access), &user_name, body).await?))
}
