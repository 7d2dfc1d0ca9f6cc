//! `POST /databases/{database}/certificates/{fingerprint}/pkcs12`

use axum::response::Response;
use certdeck_shared::api::keystore::Pkcs12Export;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;

use super::download;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Exports a certificate with its private key and chain as PKCS#12. The database's password is entered again.
#[utoipa::path(post, path = "/databases/{database}/certificates/{fingerprint}/pkcs12", tag = "keys", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the certificate, hex"),
    ), request_body = Pkcs12Export, responses(
        (status = 200, body = Vec<u8>, content_type = "application/x-pkcs12", description = "The file"),
        (status = 403, body = Problem, description = "pin-incorrect"),
        (status = 409, body = Problem, description = "key-missing"),
        (status = 422, body = Problem, description = "password-weak"),
        (status = 429, body = Problem, description = "too-many-attempts: wait as long as Retry-After says"),
    ))]
pub async fn export_pkcs12(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemJson(export): ProblemJson<Pkcs12Export>,
) -> Result<Response, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    // The passwords stay where they are: the lines do not look at them.
    let (strength, friendly_name, without_chain) = (export.strength, export.friendly_name.clone(), export.without_chain);
    let body = Pkcs12Export { strength, friendly_name, without_chain, ..Pkcs12Export::default() };
    let operation = operation.standing_for(Action::ExportPkcs12 { fingerprint: fingerprint.clone(), body }).await;
    Ok(download(operation.export_pkcs12(&fingerprint, export).await?, "application/x-pkcs12"))
}
