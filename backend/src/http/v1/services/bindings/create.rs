//! `POST /services/{service}/bindings`

use axum::Json;
use certdeck_shared::api::binding::{Binding, NewBinding};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::role::Right;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Joins a certificate of a database to a service, by nickname and token: a renewed certificate of that nickname follows. Nothing of the
/// service changes before a plan is applied. It needs the right to deploy to the service, and from the database.
#[utoipa::path(post, path = "/services/{service}/bindings", tag = "services", request_body = NewBinding,
    params(("service" = String, Path, description = "Identifier")), responses(
    (status = 201, body = Binding, description = "Joined; Location is its address"),
    (status = 400, body = Problem, description = "invalid-input: no such certificate, key or endpoint"),
))]
pub async fn create_binding(
    caller: Caller,
    ProblemPath(service): ProblemPath<String>,
    ProblemJson(new): ProblemJson<NewBinding>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Binding>), HttpProblem> {
    caller.require_of_database(Right::Deploy, &new.database)?;
    let binding = caller.console.deployments.bind(&caller.actor, &service, new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::binding(&service, &binding.id))], Json(binding)))
}
