//! `POST /services`

use axum::Json;
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::service::{NewService, Service};
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Registers a service by its program and its configuration, which may be anywhere. Nothing of it is changed.
#[utoipa::path(post, path = "/services", tag = "services", request_body = NewService, responses(
    (status = 201, body = Service, description = "Registered; Location is its address"),
    (status = 400, body = Problem, description = "invalid-input: no such configuration, or it cannot be read"),
    (status = 409, body = Problem, description = "already-exists"),
))]
pub async fn create_service(
    caller: Caller,
    ProblemJson(new): ProblemJson<NewService>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Service>), HttpProblem> {
    let service = caller.console.services.add(&caller.actor, new).await?;
    caller.console.watch.services_changed();
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::service(&service.id))], Json(service)))
}
