//! `DELETE /databases/{database}/requests/{request}`

use certdeck_shared::glass::Action;
use http::StatusCode;
use serde::Deserialize;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    with_key: bool,
}

/// Forgets a request; with `with_key=true` its key is deleted too, unless a certificate has it.
#[utoipa::path(delete, path = "/databases/{database}/requests/{request}", tag = "requests", params(
    ("database" = String, Path, description = "Identifier"),
    ("request" = String, Path, description = "Identifier"),
    ("with_key" = Option<bool>, Query, description = "Delete the key too"),
), responses((status = 204, description = "Forgotten")))]
pub async fn delete_request(
    caller: Caller,
    ProblemPath((database, id)): ProblemPath<(String, String)>,
    ProblemQuery(asked): ProblemQuery<Asked>,
) -> Result<StatusCode, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let key = if asked.with_key { operation.request(&id).await.ok().map(|request| request.key_id) } else { None };
    let operation = operation.standing_for(Action::DeleteRequest { request: id.clone(), key }).await;
    operation.delete_request(&id, asked.with_key).await?;
    Ok(StatusCode::NO_CONTENT)
}
