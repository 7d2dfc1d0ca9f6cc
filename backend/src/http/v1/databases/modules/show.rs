//! `GET /databases/{database}/modules/{module}`

use axum::Json;
use certdeck_shared::api::module::Module;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// One PKCS#11 module.
#[utoipa::path(get, path = "/databases/{database}/modules/{module}", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("module" = String, Path, description = "Name of the module"),
), responses((status = 200, body = Module)))]
pub async fn show_module(
    caller: Caller,
    ProblemPath((database, module)): ProblemPath<(String, String)>,
) -> Result<Json<Module>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.module(&module).await?))
}
