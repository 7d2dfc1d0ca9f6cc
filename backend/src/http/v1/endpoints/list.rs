//! `GET /endpoints`

use axum::Json;
use certdeck_shared::api::endpoint::Endpoints;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// The endpoints that are watched and that the caller may see, by host and port, each with how it stood at its last probe and a plot of 30 days. Those of registered
/// services come from their configurations.
#[utoipa::path(get, path = "/endpoints", tag = "endpoints", responses((status = 200, body = Endpoints)))]
pub async fn list_endpoints(caller: Caller) -> Result<Json<Endpoints>, HttpProblem> {
    let mut endpoints = caller.console.watch.list().await?;
    endpoints.endpoints.retain(|endpoint| caller.sight().endpoint(endpoint));
    Ok(Json(endpoints))
}
