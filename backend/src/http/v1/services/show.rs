//! `GET /services/{service}`

use axum::Json;
use certdeck_shared::api::service::ServiceDescription;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// What the configuration of a service says about TLS, each setting with file and line, and what is in the files that it names.
/// Everything is read anew; nothing is changed.
#[utoipa::path(get, path = "/services/{service}", tag = "services",
    params(("service" = String, Path, description = "Identifier")), responses((status = 200, body = ServiceDescription)))]
pub async fn show_service(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<ServiceDescription>, HttpProblem> {
    Ok(Json(caller.console.services.describe(&id).await?))
}
