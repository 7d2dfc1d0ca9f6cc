//! `POST /databases/{database}/certificates/{fingerprint}/keystore`

use axum::response::Response;
use certdeck_shared::api::keystore::{KeystoreExport, KeystoreFormat};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;

use super::download;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Exports a certificate with its private key and chain as a key store for Tomcat and other Java programs: PKCS#12 or JKS, one password for
/// store and key. The database's password is entered again.
#[utoipa::path(post, path = "/databases/{database}/certificates/{fingerprint}/keystore", tag = "keys", params(
        ("database" = String, Path, description = "Identifier"),
        ("fingerprint" = String, Path, description = "SHA-256 of the certificate, hex"),
    ), request_body = KeystoreExport, responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
        (status = 403, body = Problem, description = "pin-incorrect"),
        (status = 409, body = Problem, description = "key-missing"),
        (status = 422, body = Problem, description = "password-weak"),
        (status = 429, body = Problem, description = "too-many-attempts: wait as long as Retry-After says"),
    ))]
pub async fn export_keystore(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
    ProblemJson(export): ProblemJson<KeystoreExport>,
) -> Result<Response, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    // The passwords stay where they are: the lines do not look at them.
    let body = KeystoreExport { format: export.format, alias: export.alias.clone(), ..KeystoreExport::default() };
    let operation = operation.standing_for(Action::ExportKeystore { fingerprint: fingerprint.clone(), body }).await;
    let media_type = match export.format {
        KeystoreFormat::Pkcs12 => "application/x-pkcs12",
        KeystoreFormat::Jks => "application/x-java-keystore",
    };
    Ok(download(operation.export_keystore(&fingerprint, export).await?, media_type))
}
