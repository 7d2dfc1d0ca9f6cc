//! `POST /databases/{database}/tokens/{token}/certificates`

use axum::Json;
use certdeck_shared::api::module::{CertificateForToken, TokenCertificate};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Puts a certificate on a token; `certutil -A -h`. Trust is kept in the internal database, as NSS does it.
#[utoipa::path(post, path = "/databases/{database}/tokens/{token}/certificates", tag = "modules", params(
    ("database" = String, Path, description = "Identifier"),
    ("token" = String, Path, description = "Label of a token"),
),
request_body = CertificateForToken, responses(
    (status = 201, body = TokenCertificate),
    (status = 409, body = Problem, description = "token-locked, nickname-taken, token-absent"),
))]
pub async fn add_token_certificate(
    caller: Caller,
    ProblemPath((database, token)): ProblemPath<(String, String)>,
    ProblemJson(new): ProblemJson<CertificateForToken>,
) -> Result<(StatusCode, Json<TokenCertificate>), HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let (file, nickname, trust) = ("certificate.pem".to_owned(), new.nickname.clone(), new.trust.clone());
    let operation = operation.standing_for(Action::AddTokenCertificate { token: token.clone(), file, nickname, trust }).await;
    let added = operation.add_token_certificate(&token, new).await?;
    Ok((StatusCode::CREATED, Json(added)))
}
