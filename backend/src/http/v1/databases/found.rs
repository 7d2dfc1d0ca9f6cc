//! `GET /found-databases`

use axum::Json;
use certdeck_shared::api::database::FoundDatabase;
use certdeck_shared::api::problem::Problem;
use serde::Deserialize;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    directory: Option<String>,
}

/// Databases in the usual places of this host, or in a directory, where several may lie apart by prefixes. Nothing is opened.
#[utoipa::path(get, path = "/found-databases", tag = "databases", params(
        ("directory" = Option<String>, Query, description = "Absolute path of the directory to look into instead"),
    ), responses(
        (status = 200, body = Vec<FoundDatabase>),
        (status = 400, body = Problem, description = "invalid-input: no such directory"),
    ))]
pub async fn found_databases(caller: Caller, ProblemQuery(asked): ProblemQuery<Asked>) -> Result<Json<Vec<FoundDatabase>>, HttpProblem> {
    let databases = &caller.console.databases;
    Ok(Json(match asked.directory {
        Some(directory) => databases.found_in(&directory).await?,
        None => databases.found(),
    }))
}
