//! `DELETE /databases/{database}/keys/{key}`

use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Deletes a key pair. Certificates of it stay and lose their `u`.
#[utoipa::path(delete, path = "/databases/{database}/keys/{key}", tag = "keys", params(
    ("database" = String, Path, description = "Identifier"),
    ("key" = String, Path, description = "CKA_ID, hexadecimal"),
), responses(
    (status = 204, description = "Deleted"),
    (status = 409, body = Problem, description = "token-locked, database-read-only"),
))]
pub async fn delete_key(caller: Caller, ProblemPath((database, key)): ProblemPath<(String, String)>) -> Result<StatusCode, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::DeleteKey { key: key.clone() }).await;
    operation.delete_key(&key).await?;
    Ok(StatusCode::NO_CONTENT)
}
