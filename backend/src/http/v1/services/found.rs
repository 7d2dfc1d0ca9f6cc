//! `GET /found-services`

use axum::Json;
use certdeck_shared::api::service::FoundService;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Services of this host that can be registered: those that run, and those whose configuration is in a usual place.
#[utoipa::path(get, path = "/found-services", tag = "services", responses((status = 200, body = Vec<FoundService>)))]
pub async fn found_services(caller: Caller) -> Result<Json<Vec<FoundService>>, HttpProblem> {
    Ok(Json(caller.console.services.found().await?))
}
