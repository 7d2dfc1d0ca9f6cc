//! `PUT /databases/{database}/tokens/{token}/password`

use axum::Json;
use certdeck_shared::api::password::{TokenPasswordChange, TokenPasswordChanged};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes the password of a token of another module, as `modutil -changepw` does, and with it the token's line in the password files beside
/// the database that hold it: all of it, or nothing, also when the console is killed meanwhile. A token that takes only one more wrong
/// password is not tried. The password of the internal token is that of the database.
#[utoipa::path(put, path = "/databases/{database}/tokens/{token}/password", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
), request_body = TokenPasswordChange, responses(
    (status = 200, body = TokenPasswordChanged),
    (status = 403, body = Problem, description = "pin-incorrect: counted by the token"),
    (status = 409, body = Problem, description = "pin-locked, pin-final-try, token-absent, password-change-unfinished"),
))]
pub async fn change_token_password(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
    ProblemJson(change): ProblemJson<TokenPasswordChange>,
) -> Result<Json<TokenPasswordChanged>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::ChangeTokenPassword { token: token.clone() }).await;
    Ok(Json(operation.change_token_password(&token, change).await?))
}
