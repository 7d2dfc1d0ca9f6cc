//! `GET /databases/{database}/crls`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::revocation::StoredLists;

use super::Asked;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

/// The revocation lists that lie in a database: of whom, of when, how many they revoke, and whether NSS heeds them. With `serial_number` each
/// says what it has of that number.
#[utoipa::path(get, path = "/databases/{database}/crls", tag = "validation", params(
        ("database" = String, Path, description = "Identifier"),
        ("serial_number" = Option<String>, Query, description = "Decimal, or `0x` and hexadecimal"),
    ), responses(
        (status = 200, body = StoredLists),
        (status = 400, body = Problem, description = "invalid-input"),
    ))]
pub async fn list_revocation_lists(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
) -> Result<Json<StoredLists>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    Ok(Json(operation.stored_lists(asked.serial_number.as_deref()).await?))
}
