//! `GET /databases/{database}/modules`

use axum::Json;
use certdeck_shared::api::module::Module;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The PKCS#11 modules with their slots and tokens, as `modutil -list` shows them. Each is looked into in a process of its own; one that
/// hangs or dies is listed as unusable.
#[utoipa::path(get, path = "/databases/{database}/modules", tag = "modules",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = Vec<Module>)))]
pub async fn list_modules(caller: Caller, ProblemPath(database): ProblemPath<String>) -> Result<Json<Vec<Module>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.modules().await?))
}
