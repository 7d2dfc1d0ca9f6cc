//! `PATCH /databases/{database}/modules/{module}`

use axum::Json;
use certdeck_shared::api::module::{Module, ModuleChange};

use crate::http::context::Administrator;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Switches slots of a module on or off, and sets what NSS uses them for by default.
#[utoipa::path(patch, path = "/databases/{database}/modules/{module}", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("module" = String, Path, description = "Name of the module"),
), request_body = ModuleChange, responses((status = 200, body = Module)))]
pub async fn change_module(
    caller: Administrator,
    ProblemPath((database, module)): ProblemPath<(String, String)>,
    ProblemJson(change): ProblemJson<ModuleChange>,
) -> Result<Json<Module>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.change_module(&module, change).await?))
}
