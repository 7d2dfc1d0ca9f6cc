//! `POST /databases`

use axum::Json;
use certdeck_shared::api::database::{Database, NewDatabase};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Makes a database, registers one that is there, or converts cert8.db and key3.db. Whatever is refused has changed nothing.
#[utoipa::path(post, path = "/databases", tag = "databases", request_body = NewDatabase, responses(
    (status = 201, body = Database, description = "Added; Location is its address"),
    (status = 400, body = Problem, description = "invalid-input"),
    (status = 403, body = Problem, description = "pin-incorrect: the password of the old database"),
    (status = 409, body = Problem, description = "database-exists, already-exists, database-unusable, database-read-only"),
    (status = 422, body = Problem, description = "password-weak"),
))]
pub async fn create_database(
    caller: Caller,
    ProblemJson(new): ProblemJson<NewDatabase>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Database>), HttpProblem> {
    let database = caller.console.databases.add(&caller.actor, new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::database(&database.id))], Json(database)))
}
