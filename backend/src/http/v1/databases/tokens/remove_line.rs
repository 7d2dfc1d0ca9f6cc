//! `DELETE /databases/{database}/tokens/{token}/password-line`

use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Takes the line of a token out of `sslpassword.conf`.
#[utoipa::path(delete, path = "/databases/{database}/tokens/{token}/password-line", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "`internal`, or the label of a token"),
), responses((status = 204, description = "Removed")))]
pub async fn remove_token_password(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
) -> Result<StatusCode, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::RemoveTokenPassword { token: token.clone() }).await;
    operation.remove_token_password(&token).await?;
    Ok(StatusCode::NO_CONTENT)
}
