//! `POST /endpoints`

use axum::Json;
use certdeck_shared::api::endpoint::{Endpoint, NewEndpoint};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::Problem;
use http::{StatusCode, header};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Watches an endpoint that no registered service has; it is probed at once. Beside this host itself only hosts of the list in
/// `/endpoints/settings` are probed.
#[utoipa::path(post, path = "/endpoints", tag = "endpoints", request_body = NewEndpoint, responses(
    (status = 201, body = Endpoint, description = "Watched; Location is its address"),
    (status = 400, body = Problem, description = "invalid-input: a field is wrong, the host may not be probed, or the port is watched already"),
))]
pub async fn add_endpoint(
    caller: Caller,
    ProblemJson(new): ProblemJson<NewEndpoint>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Endpoint>), HttpProblem> {
    let endpoint = caller.console.watch.add(&caller.actor, new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, paths::endpoint(&endpoint.id))], Json(endpoint)))
}
