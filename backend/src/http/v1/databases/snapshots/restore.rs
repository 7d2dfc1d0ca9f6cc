//! `POST /databases/{database}/snapshots/{snapshot}/restoration`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::snapshot::Restored;
use certdeck_shared::glass::Action;

use crate::http::context::Caller;
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
    caller: Caller,
    ProblemPath((database, snapshot)): ProblemPath<(String, String)>,
) -> Result<Json<Restored>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::RestoreSnapshot { snapshot: snapshot.clone() }).await;
    Ok(Json(operation.restore(&snapshot).await?))
}
