//! `DELETE /databases/{database}/modules/{module}`

use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Takes a module out of the list. What is on its tokens stays there.
#[utoipa::path(delete, path = "/databases/{database}/modules/{module}", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("module" = String, Path, description = "Name of the module"),
), responses((status = 204, description = "Removed")))]
pub async fn remove_module(
    caller: Caller,
    ProblemPath((database, module)): ProblemPath<(String, String)>,
) -> Result<StatusCode, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::RemoveModule { module: module.clone() }).await;
    operation.remove_module(&module).await?;
    Ok(StatusCode::NO_CONTENT)
}
