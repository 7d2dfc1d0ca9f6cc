//! `GET /services/{service}/bindings`

use axum::Json;
use certdeck_shared::api::binding::Binding;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Which certificates a service is to serve, the oldest binding first, each with the certificate of that nickname that counts now.
#[utoipa::path(get, path = "/services/{service}/bindings", tag = "services",
    params(("service" = String, Path, description = "Identifier")), responses((status = 200, body = Vec<Binding>)))]
pub async fn list_bindings(caller: Caller, ProblemPath(service): ProblemPath<String>) -> Result<Json<Vec<Binding>>, HttpProblem> {
    Ok(Json(caller.console.deployments.bindings(&service).await?))
}
