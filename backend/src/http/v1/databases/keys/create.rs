//! `POST /databases/{database}/keys`

use axum::Json;
use certdeck_shared::api::key::{CreatedKey, NewKey};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Makes a key pair in the internal token; the private key stays there.
#[utoipa::path(post, path = "/databases/{database}/keys", tag = "keys",
    params(("database" = String, Path, description = "Identifier")), request_body = NewKey, responses(
        (status = 201, body = CreatedKey),
        (status = 409, body = Problem, description = "token-locked, database-read-only"),
    ))]
pub async fn create_key(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(new): ProblemJson<NewKey>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<CreatedKey>), HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::CreateKey { body: new.clone() }).await;
    let key = operation.create_key(new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::key(&database, &key.id))], Json(key)))
}
