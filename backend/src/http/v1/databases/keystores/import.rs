//! `POST /databases/{database}/pkcs12`

use axum::Json;
use certdeck_shared::api::keystore::{KeystoreImport, KeystoreReport};
use certdeck_shared::api::problem::Problem;
use serde::Deserialize;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
}

/// Imports a file that holds private keys, with its certificates: all of them, or none. PKCS#12, JKS, and PEM or DER keys are told apart by
/// looking. Nicknames are those of the file. With `preview=true` nothing is written, and the answer says what is in the file.
#[utoipa::path(post, path = "/databases/{database}/pkcs12", tag = "keys", params(
        ("database" = String, Path, description = "Identifier"),
        ("preview" = Option<bool>, Query, description = "Only tell what is in the file and what would happen"),
    ), request_body = KeystoreImport, responses(
        (status = 200, body = KeystoreReport),
        (status = 409, body = Problem, description = "key-without-certificate, serial-number-reused, nickname-taken, token-locked, database-read-only"),
        (status = 422, body = Problem, description = "file-password-required, file-password-incorrect, file-damaged, key-not-usable, unreadable"),
    ))]
pub async fn import_keystore(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    ProblemJson(import): ProblemJson<KeystoreImport>,
) -> Result<Json<KeystoreReport>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let report = if asked.preview { operation.preview_keystore(import).await? } else { operation.import_keystore(import).await? };
    Ok(Json(report))
}
