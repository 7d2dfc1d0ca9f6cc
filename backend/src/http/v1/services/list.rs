//! `GET /services`

use axum::Json;
use certdeck_shared::api::service::Service;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// The registered services that the caller may see, the oldest first, each read anew.
#[utoipa::path(get, path = "/services", tag = "services", responses((status = 200, body = Vec<Service>)))]
pub async fn list_services(caller: Caller) -> Result<Json<Vec<Service>>, HttpProblem> {
    let mut services = caller.console.services.list().await?;
    services.retain(|service| caller.sight().service(&service.id));
    Ok(Json(services))
}
