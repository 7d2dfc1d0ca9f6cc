//! `GET /databases/{database}/certificates/{fingerprint}/validation`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::validation::Validation;

use super::super::validation::Asked;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

/// What NSS says of a certificate for the usages of `certutil -V`, each element that fails with its reason; what OpenSSL and the web's rules
/// say, and why they differ; and what is weak, wrong or unusual about it.
#[utoipa::path(get, path = "/databases/{database}/certificates/{fingerprint}/validation", tag = "validation", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
        ("at" = Option<String>, Query, description = "Time of the question, RFC 3339; now when absent"),
        ("usage" = Option<String>, Query, description = "Letters of `certutil -V -u` (`VC`), or names with commas (`ssl-server`); all ten when absent"),
        ("name" = Option<String>, Query, description = "Host name for the web's rules; the first one of the certificate when absent"),
    ), responses(
        (status = 200, body = Validation),
        (status = 400, body = Problem, description = "invalid-input: time or usage"),
        (status = 404, body = Problem, description = "not-found"),
        (status = 422, body = Problem, description = "unreadable: the certificate does not parse"),
    ))]
pub async fn show_validation(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemQuery(asked): ProblemQuery<Asked>,
) -> Result<Json<Validation>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    Ok(Json(operation.validate(&fingerprint, asked.into()).await?))
}
