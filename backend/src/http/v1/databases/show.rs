//! `GET /databases/{database}`

use axum::Json;
use certdeck_shared::api::database::Database;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// One database: state, token, counts, warnings.
#[utoipa::path(get, path = "/databases/{database}", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = Database)))]
pub async fn show_database(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<Database>, HttpProblem> {
    let database = caller.console.databases.by_id(&id)?;
    Ok(Json(caller.console.databases.describe(&database).await))
}
