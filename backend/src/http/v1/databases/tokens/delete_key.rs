//! `DELETE /databases/{database}/tokens/{token}/keys/{key}`

use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Deletes a key pair of a token; no snapshot brings it back.
#[utoipa::path(delete, path = "/databases/{database}/tokens/{token}/keys/{key}", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
    ("key" = String, Path, description = "CKA_ID, hexadecimal"),
), responses((status = 204, description = "Deleted")))]
pub async fn delete_token_key(
    caller: Caller,
    ProblemPath((database, token, key)): ProblemPath<(String, String, String)>,
) -> Result<StatusCode, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let operation = operation.standing_for(Action::DeleteTokenKey { token: token.clone(), key: key.clone() }).await;
    operation.delete_token_key(&token, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
