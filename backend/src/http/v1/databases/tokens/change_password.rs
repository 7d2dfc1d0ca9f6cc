//! `PUT /databases/{database}/tokens/{token}/password`

use certdeck_shared::api::password::TokenPasswordChange;
use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::http::context::Administrator;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes the password of a token of another module, as `modutil -changepw` does, and with it the token's line in `sslpassword.conf` where
/// that holds it. The password of the internal token is that of the database.
#[utoipa::path(put, path = "/databases/{database}/tokens/{token}/password", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
), request_body = TokenPasswordChange, responses(
    (status = 204, description = "Changed"),
    (status = 403, body = Problem, description = "pin-incorrect: counted by the token"),
    (status = 409, body = Problem, description = "pin-locked, token-absent"),
))]
pub async fn change_token_password(
    caller: Administrator,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
    ProblemJson(change): ProblemJson<TokenPasswordChange>,
) -> Result<StatusCode, HttpProblem> {
    caller.console.databases.operation(&database, &caller.actor)?.change_token_password(&token, change).await?;
    Ok(StatusCode::NO_CONTENT)
}
