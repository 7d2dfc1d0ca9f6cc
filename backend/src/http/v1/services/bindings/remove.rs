//! `DELETE /services/{service}/bindings/{binding}`

use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Forgets a binding. The files of the service stay as they are.
#[utoipa::path(delete, path = "/services/{service}/bindings/{binding}", tag = "services",
    params(("service" = String, Path, description = "Identifier"), ("binding" = String, Path, description = "Identifier")),
    responses((status = 204, description = "Forgotten")))]
pub async fn remove_binding(
    caller: Caller,
    ProblemPath((service, binding)): ProblemPath<(String, String)>,
) -> Result<StatusCode, HttpProblem> {
    caller.console.deployments.unbind(&caller.actor, &service, &binding).await?;
    Ok(StatusCode::NO_CONTENT)
}
