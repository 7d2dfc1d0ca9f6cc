//! `GET /databases/{database}/snapshots`

use axum::Json;
use certdeck_shared::api::snapshot::Snapshot;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The snapshots, the newest first, each with what restoring it would change.
#[utoipa::path(get, path = "/databases/{database}/snapshots", tag = "snapshots",
    params(("database" = String, Path, description = "Identifier")), responses((status = 200, body = Vec<Snapshot>)))]
pub async fn list_snapshots(caller: Caller, ProblemPath(database): ProblemPath<String>) -> Result<Json<Vec<Snapshot>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.snapshots().await?))
}
