//! `GET /databases/{database}/conversion`

use axum::Json;
use certdeck_shared::api::conversion::ConversionPreview;
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// What a database of the old format holds: objects by kind, and the modules of secmod.db.
#[utoipa::path(get, path = "/databases/{database}/conversion", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), responses(
        (status = 200, body = ConversionPreview),
        (status = 409, body = Problem, description = "database-exists: it is of the current format already"),
    ))]
pub async fn preview_conversion(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
) -> Result<Json<ConversionPreview>, HttpProblem> {
    Ok(Json(caller.console.databases.conversion_preview(&database).await?))
}
