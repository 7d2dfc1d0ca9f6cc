//! `PATCH /databases/{database}/requests/{request}`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::request::{Request, RequestChange};
use certdeck_shared::glass::Action;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Changes nickname, note or name of the CA; what is absent stays, an empty text is none.
#[utoipa::path(patch, path = "/databases/{database}/requests/{request}", tag = "requests", params(
    ("database" = String, Path, description = "Identifier"),
    ("request" = String, Path, description = "Identifier"),
), request_body = RequestChange, responses(
    (status = 200, body = Request),
    (status = 400, body = Problem, description = "invalid-input"),
))]
pub async fn change_request(
    caller: Caller,
    ProblemPath((database, id)): ProblemPath<(String, String)>,
    ProblemJson(change): ProblemJson<RequestChange>,
) -> Result<Json<Request>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    let operation = operation.standing_for(Action::ChangeRequest { request: id.clone(), body: change.clone() }).await;
    Ok(Json(operation.change_request(&id, change).await?))
}
