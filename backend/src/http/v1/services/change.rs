//! `PATCH /services/{service}`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::service::{ServiceChange, ServiceDescription};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Gives a service another name for people, or other programs that check, reload and restart it. Each is an argument list that begins with an
/// absolute path; they run with the rights of the console when a deployment is applied, and not before.
#[utoipa::path(patch, path = "/services/{service}", tag = "services", request_body = ServiceChange,
    params(("service" = String, Path, description = "Identifier")), responses(
    (status = 200, body = ServiceDescription),
    (status = 400, body = Problem, description = "invalid-input: no such program, or a label that cannot be taken"),
))]
pub async fn change_service(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemJson(change): ProblemJson<ServiceChange>,
) -> Result<Json<ServiceDescription>, HttpProblem> {
    Ok(Json(caller.console.services.change(&caller.actor, &id, change).await?))
}
