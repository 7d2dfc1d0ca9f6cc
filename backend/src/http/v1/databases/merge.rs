//! `POST /databases/{database}/merge`

use axum::Json;
use certdeck_shared::api::merge::{Merge, MergeReport};
use certdeck_shared::api::problem::Problem;
use serde::Deserialize;

use crate::http::context::Administrator;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
}

/// Takes over certificates, trust and private keys of another registered database, as `certutil --merge` does: what is here already wins.
/// With `preview=true` nothing is written, and the answer names the conflicts.
#[utoipa::path(post, path = "/databases/{database}/merge", tag = "databases", params(
        ("database" = String, Path, description = "Identifier of the database to merge into"),
        ("preview" = Option<bool>, Query, description = "Only tell what would happen"),
    ), request_body = Merge, responses(
        (status = 200, body = MergeReport),
        (status = 403, body = Problem, description = "pin-incorrect: the source's password"),
        (status = 409, body = Problem, description = "token-locked, database-read-only"),
    ))]
pub async fn merge_database(
    caller: Administrator,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    ProblemJson(merge): ProblemJson<Merge>,
) -> Result<Json<MergeReport>, HttpProblem> {
    let databases = &caller.console.databases;
    let report = if asked.preview {
        databases.preview_merge(&caller.actor, &database, &merge).await?
    } else {
        databases.merge(&caller.actor, &database, merge).await?
    };
    Ok(Json(report))
}
