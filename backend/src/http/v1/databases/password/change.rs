//! `PUT /databases/{database}/password`

use axum::Json;
use certdeck_shared::api::password::{PasswordChange, PasswordChanged};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes the password together with every password file that holds it, as one change: all of them, or nothing. A change that is cut short
/// is completed or taken back at the next start.
#[utoipa::path(put, path = "/databases/{database}/password", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), request_body = PasswordChange, responses(
        (status = 200, body = PasswordChanged),
        (status = 403, body = Problem, description = "pin-incorrect"),
        (status = 409, body = Problem, description = "password-change-unfinished, database-read-only"),
        (status = 422, body = Problem, description = "password-weak"),
        (status = 429, body = Problem, description = "too-many-attempts: wait as long as Retry-After says"),
    ))]
pub async fn change_password(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(change): ProblemJson<PasswordChange>,
) -> Result<Json<PasswordChanged>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::ChangePassword).await;
    Ok(Json(operation.change_password(change).await?))
}
