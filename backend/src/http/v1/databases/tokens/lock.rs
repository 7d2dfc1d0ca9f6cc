//! `DELETE /databases/{database}/tokens/{token}/login`

use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Locks a token and forgets its password.
#[utoipa::path(delete, path = "/databases/{database}/tokens/{token}/login", tag = "databases",
    params(("database" = String, Path, description = "Identifier"), ("token" = String, Path, description = "`internal`, or the label of a token")),
    responses((status = 204, description = "Locked")))]
pub async fn lock_token(caller: Caller, ProblemPath((database, token)): ProblemPath<(String, String)>) -> Result<StatusCode, HttpProblem> {
    caller.console.databases.logout(&caller.actor, &database, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}
