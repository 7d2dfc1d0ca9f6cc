//! `GET /databases/{database}/validation`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::validation::DatabaseValidation;

use super::Asked;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

/// What NSS says of every certificate of a database, in short: for which usages it is valid, and the first reason for each of the others.
#[utoipa::path(get, path = "/databases/{database}/validation", tag = "validation", params(
        ("database" = String, Path, description = "Identifier"),
        ("at" = Option<String>, Query, description = "Time of the question, RFC 3339; now when absent"),
        ("usage" = Option<String>, Query, description = "Letters of `certutil -V -u`, or names with commas; all ten when absent"),
    ), responses(
        (status = 200, body = DatabaseValidation),
        (status = 400, body = Problem, description = "invalid-input: time or usage"),
        (status = 404, body = Problem, description = "not-found"),
    ))]
pub async fn show_validations(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
) -> Result<Json<DatabaseValidation>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    Ok(Json(operation.validate_all(asked.into()).await?))
}
