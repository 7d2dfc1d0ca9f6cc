//! `PATCH /databases/{database}/files`

use axum::Json;
use certdeck_shared::api::files::{FilesChange, FilesChanged};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use serde::Deserialize;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
}

/// Gives directory and files of the database, password files included, to a user and a group, with modes: all of them, or none. With
/// `preview=true` nothing changes.
#[utoipa::path(patch, path = "/databases/{database}/files", tag = "databases", params(
        ("database" = String, Path, description = "Identifier"),
        ("preview" = Option<bool>, Query, description = "Only tell what would happen"),
    ), request_body = FilesChange, responses(
        (status = 200, body = FilesChanged),
        (status = 400, body = Problem, description = "invalid-input: no such user or group, a mode that is none"),
    ))]
pub async fn change_files(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    ProblemJson(change): ProblemJson<FilesChange>,
) -> Result<Json<FilesChanged>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    if asked.preview {
        return Ok(Json(operation.preview_files_change(change).await?));
    }
    let operation = operation.standing_for(Action::ChangeFiles { body: change.clone() }).await;
    Ok(Json(operation.change_files(change).await?))
}
