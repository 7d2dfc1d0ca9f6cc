//! `PATCH /databases/{database}`

use axum::Json;
use certdeck_shared::api::database::{Database, DatabaseChange};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes the console's name for a database.
#[utoipa::path(patch, path = "/databases/{database}", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), request_body = DatabaseChange,
    responses((status = 200, body = Database)))]
pub async fn change_database(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemJson(change): ProblemJson<DatabaseChange>,
) -> Result<Json<Database>, HttpProblem> {
    Ok(Json(caller.console.databases.relabel(&caller.actor, &id, &change.label).await?))
}
