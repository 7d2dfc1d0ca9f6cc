//! `POST /databases/{database}/tokens/{token}/keys`

use axum::Json;
use certdeck_shared::api::key::CreatedKey;
use certdeck_shared::api::module::KeyForToken;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Makes a key pair on a token; the private key stays there.
#[utoipa::path(post, path = "/databases/{database}/tokens/{token}/keys", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
), request_body = KeyForToken, responses(
    (status = 201, body = CreatedKey),
    (status = 409, body = Problem, description = "token-locked, token-absent"),
))]
pub async fn create_token_key(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
    ProblemJson(new): ProblemJson<KeyForToken>,
) -> Result<(StatusCode, Json<CreatedKey>), HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::CreateTokenKey { token: token.clone(), body: new.clone() }).await;
    let key = operation.create_token_key(&token, new).await?;
    Ok((StatusCode::CREATED, Json(key)))
}
