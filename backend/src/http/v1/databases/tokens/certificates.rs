//! `GET /databases/{database}/tokens/{token}/certificates`

use axum::Json;
use certdeck_shared::api::module::TokenCertificate;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// The certificates of a token, under `token:nickname`; `certutil -L -h`.
#[utoipa::path(get, path = "/databases/{database}/tokens/{token}/certificates", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
),
responses((status = 200, body = Vec<TokenCertificate>)))]
pub async fn list_token_certificates(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
) -> Result<Json<Vec<TokenCertificate>>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.token_certificates(&token).await?))
}
