//! `POST /databases/{database}/modules`

use axum::Json;
use certdeck_shared::api::module::{Module, NewModule};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Adds a PKCS#11 module, after its library has been tried in a process of its own.
#[utoipa::path(post, path = "/databases/{database}/modules", tag = "modules",
    params(("database" = String, Path, description = "Identifier")), request_body = NewModule, responses(
        (status = 201, body = Module),
        (status = 409, body = Problem, description = "already-exists, database-read-only"),
        (status = 422, body = Problem, description = "module-unusable: no module, hangs, dies"),
    ))]
pub async fn add_module(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(new): ProblemJson<NewModule>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Module>), HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::AddModule { body: new.clone() }).await;
    let module = operation.add_module(new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::module(&database, &module.name))], Json(module)))
}
