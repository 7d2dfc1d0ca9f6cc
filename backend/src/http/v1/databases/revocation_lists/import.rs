//! `POST /databases/{database}/crls`

use axum::Json;
use axum::body::Bytes;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::revocation::ImportedList;
use serde::Deserialize;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
    #[serde(default)]
    unverified: bool,
}

/// Imports a revocation list (DER, PEM or base64), in the place of the one that its issuer has, as `crlutil -I`. What NSS would not heed, or what
/// is older than the list that is there, is refused.
#[utoipa::path(post, path = "/databases/{database}/crls", tag = "validation", params(
        ("database" = String, Path, description = "Identifier"),
        ("preview" = Option<bool>, Query, description = "Only tell what would happen"),
        ("unverified" = Option<bool>, Query, description = "Take a list whose issuer is not in the database, as `crlutil -I -B`"),
    ), request_body(content((Vec<u8> = "application/pkix-crl"), (String = "application/x-pem-file"))), responses(
        (status = 200, body = ImportedList),
        (status = 409, body = Problem, description = "list-refused, database-read-only"),
        (status = 422, body = Problem, description = "unreadable"),
    ))]
pub async fn import_revocation_list(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    body: Bytes,
) -> Result<Json<ImportedList>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let answer = if asked.preview {
        operation.preview_list(&body, asked.unverified).await?
    } else {
        operation.import_list(&body, asked.unverified).await?
    };
    Ok(Json(answer))
}
