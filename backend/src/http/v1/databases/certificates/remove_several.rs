//! `POST /databases/{database}/deletion`

use certdeck_shared::api::certificate::CertificateDeletion;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::{HeaderMap, StatusCode};

use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Deletes several certificates at once, or none of them.
#[utoipa::path(post, path = "/databases/{database}/deletion", tag = "certificates", params(
        ("database" = String, Path, description = "Identifier"),
        ("If-Match" = Option<String>, Header, description = "Revision of the database"),
    ), request_body = CertificateDeletion, responses(
        (status = 204, description = "Deleted"),
        (status = 404, body = Problem, description = "not-found: one of them; none was deleted"),
        (status = 412, body = Problem, description = "revision-mismatch"),
    ))]
pub async fn delete_certificates(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    headers: HeaderMap,
    ProblemJson(deletion): ProblemJson<CertificateDeletion>,
) -> Result<StatusCode, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let operation = operation.standing_for(Action::DeleteCertificates { body: deletion.clone() }).await;
    operation.delete_certificates(deletion, conditions::if_match(&headers)).await?;
    Ok(StatusCode::NO_CONTENT)
}
