//! `DELETE /services/{service}`

use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Forgets a service. No file of it is touched.
#[utoipa::path(delete, path = "/services/{service}", tag = "services",
    params(("service" = String, Path, description = "Identifier")), responses((status = 204, description = "Forgotten")))]
pub async fn forget_service(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<StatusCode, HttpProblem> {
    caller.console.services.forget(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
