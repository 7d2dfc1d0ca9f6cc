//! `PATCH /databases/{database}/modules/{module}`

use axum::Json;
use certdeck_shared::api::module::{Module, ModuleChange};
use certdeck_shared::glass::Action;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Switches slots of a module on or off, and sets what NSS uses them for by default.
#[utoipa::path(patch, path = "/databases/{database}/modules/{module}", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("module" = String, Path, description = "Name of the module"),
), request_body = ModuleChange, responses((status = 200, body = Module)))]
pub async fn change_module(
    caller: Caller,
    ProblemPath((database, module)): ProblemPath<(String, String)>,
    ProblemJson(change): ProblemJson<ModuleChange>,
) -> Result<Json<Module>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::ChangeModule { module: module.clone(), body: change.clone() }).await;
    Ok(Json(operation.change_module(&module, change).await?))
}
