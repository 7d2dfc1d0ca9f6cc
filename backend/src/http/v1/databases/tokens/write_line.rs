//! `PUT /databases/{database}/tokens/{token}/password-line`

use certdeck_shared::api::password::TokenPassword;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Writes the password of a token into `sslpassword.conf`, as a line `token:password`, after it has been proved right. For the internal
/// token the name is `Internal (Software) Token`.
#[utoipa::path(put, path = "/databases/{database}/tokens/{token}/password-line", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "`internal`, or the label of a token"),
), request_body = TokenPassword, responses(
    (status = 204, description = "Written"),
    (status = 403, body = Problem, description = "pin-incorrect"),
))]
pub async fn write_token_password(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
    ProblemJson(body): ProblemJson<TokenPassword>,
) -> Result<StatusCode, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::WriteTokenPassword { token: token.clone() }).await;
    operation.write_token_password(&token, body.password.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
