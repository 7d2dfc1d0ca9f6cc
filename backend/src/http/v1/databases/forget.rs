//! `DELETE /databases/{database}`

use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Forgets a database, its requests included. No file of it is touched.
#[utoipa::path(delete, path = "/databases/{database}", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), responses((status = 204, description = "Forgotten")))]
pub async fn forget_database(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.databases.forget(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
