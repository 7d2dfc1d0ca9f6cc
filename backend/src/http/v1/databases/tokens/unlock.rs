//! `POST /databases/{database}/tokens/{token}/login`

use axum::Json;
use certdeck_shared::api::database::{TokenLogin, TokenStatus};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Unlocks a token by its password, or by a file on the server that holds it, plain or as `sslpassword.conf`.
#[utoipa::path(post, path = "/databases/{database}/tokens/{token}/login", tag = "databases",
    params(("database" = String, Path, description = "Identifier"), ("token" = String, Path, description = "`internal`, or the label of a token")),
    request_body = TokenLogin, responses(
        (status = 200, body = TokenStatus),
        (status = 403, body = Problem, description = "pin-incorrect"),
        (status = 429, body = Problem, description = "too-many-attempts: wait as long as Retry-After says"),
    ))]
pub async fn unlock_token(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
    ProblemJson(login): ProblemJson<TokenLogin>,
) -> Result<Json<TokenStatus>, HttpProblem> {
    Ok(Json(caller.console.databases.login(&caller.actor, &database, &token, login).await?))
}
