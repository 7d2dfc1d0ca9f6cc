//! `GET /services`

use axum::Json;
use certdeck_shared::api::service::Service;

use crate::http::context::Reader;
use crate::http::problem::HttpProblem;

/// The registered services, the oldest first, each read anew.
#[utoipa::path(get, path = "/services", tag = "services", responses((status = 200, body = Vec<Service>)))]
pub async fn list_services(caller: Reader) -> Result<Json<Vec<Service>>, HttpProblem> {
    Ok(Json(caller.console.services.list().await?))
}
