//! `POST /databases/{database}/certificates/{fingerprint}/bundle`

use axum::response::Response;
use certdeck_shared::api::approval::Guarded;
use certdeck_shared::api::keystore::BundleExport;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;

use super::download;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Exports a PEM bundle as servers want it: certificate with chain, full chain, chain, key, or all in one. Where a key is among the parts, the
/// database's password is entered again.
#[utoipa::path(post, path = "/databases/{database}/certificates/{fingerprint}/bundle", tag = "keys", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the certificate, hex"),
    ), request_body = BundleExport, responses(
        (status = 200, body = String, content_type = "application/x-pem-file", description = "The file"),
        (status = 403, body = Problem, description = "pin-incorrect; with a key confirmation-required: POST /session/confirmation, then this once more"),
        (status = 409, body = Problem, description = "key-missing"),
        (status = 422, body = Problem, description = "password-weak"),
        (status = 429, body = Problem, description = "too-many-attempts: wait as long as Retry-After says"),
    ))]
pub async fn export_bundle(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemJson(export): ProblemJson<BundleExport>,
) -> Result<Response, HttpProblem> {
    if export.parts.has_key() {
        caller.require_confirmation(Guarded::KeyExport).await?;
    }
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    // The passwords stay where they are: the lines only ask whether there is one.
    let (parts, key_password) = (export.parts, export.key_password.as_ref().map(|_| String::new()));
    let body = BundleExport { parts, key_password, ..BundleExport::default() };
    let operation = operation.standing_for(Action::ExportBundle { fingerprint: fingerprint.clone(), body }).await;
    Ok(download(operation.export_bundle(&fingerprint, export).await?, "application/x-pem-file"))
}
