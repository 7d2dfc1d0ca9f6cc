//! `GET /endpoints`

use axum::Json;
use certdeck_shared::api::endpoint::Endpoints;

use crate::http::context::Reader;
use crate::http::problem::HttpProblem;

/// All endpoints that are watched, by host and port, each with how it stood at its last probe and a plot of 30 days. Those of registered
/// services come from their configurations.
#[utoipa::path(get, path = "/endpoints", tag = "endpoints", responses((status = 200, body = Endpoints)))]
pub async fn list_endpoints(caller: Reader) -> Result<Json<Endpoints>, HttpProblem> {
    Ok(Json(caller.console.watch.list().await?))
}
