//! `POST /databases/{database}/snapshots/{snapshot}/restoration`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::snapshot::Restored;

use crate::http::context::Writer;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Puts a snapshot back. The state it replaces becomes a snapshot too. A program that holds the database open sees the restored state
/// when it opens it anew.
#[utoipa::path(post, path = "/databases/{database}/snapshots/{snapshot}/restoration", tag = "snapshots", params(
    ("database" = String, Path, description = "Identifier"),
    ("snapshot" = String, Path, description = "Identifier"),
), responses(
    (status = 200, body = Restored),
    (status = 503, body = Problem, description = "database-busy"),
))]
pub async fn restore_snapshot(
    caller: Writer,
    ProblemPath((database, snapshot)): ProblemPath<(String, String)>,
) -> Result<Json<Restored>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.restore(&snapshot).await?))
}
