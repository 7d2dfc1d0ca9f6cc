//! `POST /databases/{database}/requests/{request}/bundle`

use axum::response::Response;
use certdeck_shared::api::keystore::{OutsideKeyBundle, OutsideKeyFormat};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;

use super::download;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Joins the CA's answer to a request with its private key, which is kept outside the database, as PKCS#12 or PEM. The key passes through
/// and is not kept.
#[utoipa::path(post, path = "/databases/{database}/requests/{request}/bundle", tag = "requests", params(
        ("database" = String, Path, description = "Identifier"),
        ("request" = String, Path, description = "Identifier"),
    ), request_body = OutsideKeyBundle, responses(
        (status = 200, description = "The file", content((Vec<u8> = "application/x-pkcs12"), (String = "application/x-pem-file"))),
        (status = 403, body = Problem, description = "file-password-required, file-password-incorrect"),
        (status = 409, body = Problem, description = "key-without-certificate: the request has no answer yet"),
        (status = 422, body = Problem, description = "unreadable, file-damaged, key-not-usable, password-weak"),
    ))]
pub async fn bundle_with_outside_key(
    caller: Caller,
    ProblemPath((database, id)): ProblemPath<(String, String)>,
    ProblemJson(bundle): ProblemJson<OutsideKeyBundle>,
) -> Result<Response, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::BundleWithOutsideKey { request: id.clone(), format: bundle.format }).await;
    let media_type = match bundle.format {
        OutsideKeyFormat::Pkcs12 => "application/x-pkcs12",
        OutsideKeyFormat::Pem => "application/x-pem-file",
    };
    Ok(download(operation.bundle_with_outside_key(&id, bundle).await?, media_type))
}
