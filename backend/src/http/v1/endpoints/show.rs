//! `GET /endpoints/{endpoint}`

use axum::Json;
use certdeck_shared::api::endpoint::EndpointDetail;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// An endpoint: how far a client gets, rung by rung, the certificate in database, file, process and on the wire, and the last probe.
#[utoipa::path(get, path = "/endpoints/{endpoint}", tag = "endpoints",
    params(("endpoint" = String, Path, description = "Identifier")), responses((status = 200, body = EndpointDetail)))]
pub async fn show_endpoint(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<EndpointDetail>, HttpProblem> {
    Ok(Json(caller.console.watch.detail(&id).await?))
}
