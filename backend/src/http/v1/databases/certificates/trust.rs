//! `PATCH /databases/{database}/trust`

use axum::Json;
use certdeck_shared::api::certificate::{TrustChanged, TrustChanges};
use certdeck_shared::api::problem::Problem;
use certdeck_shared::glass::Action;
use http::HeaderMap;

use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes the trust of several certificates at once, or of none. If-Match holds for the whole database, `expected` for one certificate.
#[utoipa::path(patch, path = "/databases/{database}/trust", tag = "certificates", params(
        ("database" = String, Path, description = "Identifier"),
        ("If-Match" = Option<String>, Header, description = "Revision of the database"),
    ), request_body = TrustChanges, responses(
        (status = 200, body = TrustChanged),
        (status = 404, body = Problem, description = "not-found: one of them"),
        (status = 409, body = Problem, description = "token-locked, database-read-only"),
        (status = 412, body = Problem, description = "revision-mismatch"),
    ))]
pub async fn change_trust(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    headers: HeaderMap,
    ProblemJson(changes): ProblemJson<TrustChanges>,
) -> Result<Json<TrustChanged>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?.asking_again(caller.asking());
    let operation = operation.standing_for(Action::ChangeTrust { body: changes.clone() }).await;
    Ok(Json(operation.change_trust(changes, conditions::if_match(&headers)).await?))
}
